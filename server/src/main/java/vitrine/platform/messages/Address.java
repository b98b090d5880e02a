package vitrine.platform.messages;

/** Where somebody can be reached. {@code toString} is masked, so that a log never holds the whole of it. */
public record Address(Kind kind, String value) {

    public enum Kind {
        EMAIL,
        PHONE
    }

    public static Address email(String value) {
        return new Address(Kind.EMAIL, value);
    }

    public static Address phone(String value) {
        return new Address(Kind.PHONE, value);
    }

    /** {@code a•••@shop.example}, {@code +86139••••0001}: its owner knows it again, nobody else learns it. */
    public String masked() {
        return switch (kind) {
            case EMAIL -> {
                int at = value.lastIndexOf('@');
                yield at < 1 ? "•••" : value.substring(0, value.offsetByCodePoints(0, 1)) + "•••" + value.substring(at);
            }
            case PHONE ->
                value.length() < 8
                        ? "••••"
                        : value.substring(0, value.length() - 8) + "••••" + value.substring(value.length() - 4);
        };
    }

    @Override
    public String toString() {
        return masked();
    }
}
