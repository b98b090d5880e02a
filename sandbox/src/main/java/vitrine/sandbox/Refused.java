package vitrine.sandbox;

/** A request that the sandbox answers with a 4xx: what was wrong, under one stable code. */
public final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String code;

    private Refused(int status, String code, String detail) {
        super(detail);
        this.status = status;
        this.code = code;
    }

    /** The request itself is wrong. */
    static Refused invalid(String code, String detail) {
        return new Refused(400, code, detail);
    }

    static Refused unauthorized(String detail) {
        return new Refused(401, "api.unauthorized", detail);
    }

    static Refused notFound(String code, String detail) {
        return new Refused(404, code, detail);
    }

    /** The request is fine, the order's state is not. */
    static Refused conflict(String code, String detail) {
        return new Refused(409, code, detail);
    }

    static Refused of(int status, String code, String detail) {
        return new Refused(status, code, detail);
    }

    public int status() {
        return status;
    }

    public String code() {
        return code;
    }

    public String detail() {
        return String.valueOf(getMessage());
    }
}
