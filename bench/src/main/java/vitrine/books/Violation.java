package vitrine.books;

/** A promise that does not hold: which (a stable code), and where. */
public record Violation(String code, String where) {
    @Override
    public String toString() {
        return code + ": " + where;
    }
}
