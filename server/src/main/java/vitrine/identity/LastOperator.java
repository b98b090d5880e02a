package vitrine.identity;

/** {@code member.last-operator}: without an operator who stays nobody could let another one in. */
public class LastOperator extends RuntimeException {
    public static final String CODE = "member.last-operator";

    LastOperator() {
        super(CODE);
    }
}
