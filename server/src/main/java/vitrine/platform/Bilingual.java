package vitrine.platform;

/** A text in both languages of every page. */
public record Bilingual(String zh, String en) {

    public String in(String language) {
        return language.startsWith("zh") ? zh : en;
    }
}
