package vitrine.sandbox;

/** A text in the two languages of the screens. */
public record Text(String zh, String en) {
    public String in(String language) {
        return language.startsWith("zh") ? zh : en;
    }

    static Text same(String text) {
        return new Text(text, text);
    }
}
