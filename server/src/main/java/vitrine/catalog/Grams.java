package vitrine.catalog;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * Cuts text into the pieces by which it is found. Chinese has no blanks between words, so each pair of neighbouring characters is a
 * piece; other scripts are cut into threes that know where a word begins, so the beginning of a word finds it.
 */
public final class Grams {

    private static final int WORD_MAX = 40;
    private static final int ASKED_MAX = 60;

    private Grams() {}

    /** All pieces by which any part of these texts can be asked for. */
    static Set<String> of(Iterable<String> texts) {
        Set<String> grams = new TreeSet<>();
        for (String text : texts) {
            for (Run run : runs(text)) {
                int[] word = run.letters();
                if (run.ideographs()) {
                    for (int i = 0; i < word.length; i++) {
                        grams.add(text(word, i, i + 1));
                        if (i + 1 < word.length) grams.add(text(word, i, i + 2));
                    }
                } else {
                    grams.add(" " + text(word, 0, 1));
                    if (word.length > 1) grams.add(" " + text(word, 0, 2));
                    for (int i = 0; i + 3 <= word.length; i++) grams.add(text(word, i, i + 3));
                }
            }
        }
        return grams;
    }

    /** The pieces that must all be there for the question to be met. Empty: nothing was asked. */
    public static List<String> asked(String question) {
        Set<String> grams = new TreeSet<>();
        for (Run run : runs(question)) {
            int[] word = run.letters();
            if (run.ideographs()) {
                if (word.length == 1) grams.add(text(word, 0, 1));
                for (int i = 0; i + 1 < word.length; i++) grams.add(text(word, i, i + 2));
            } else {
                grams.add(" " + text(word, 0, Math.min(2, word.length)));
                for (int i = 0; i + 3 <= word.length; i++) grams.add(text(word, i, i + 3));
            }
        }
        return new ArrayList<>(grams).subList(0, Math.min(ASKED_MAX, grams.size()));
    }

    /** As it is compared: full-width letters as plain ones, without accents and case. */
    public static String plain(String text) {
        return Normalizer.normalize(text, Normalizer.Form.NFKD)
                .replaceAll("\\p{M}+", "")
                .toLowerCase(Locale.ROOT)
                .strip();
    }

    private record Run(boolean ideographs, int[] letters) {}

    private static List<Run> runs(String text) {
        List<Run> runs = new ArrayList<>();
        int[] letters = plain(text).codePoints().toArray();
        int from = 0;
        while (from < letters.length) {
            int to = from;
            while (to < letters.length && kind(letters[to]) == kind(letters[from])) to++;
            int kind = kind(letters[from]);
            if (kind != 0) {
                int end = kind == 1 ? to : Math.min(to, from + WORD_MAX);
                runs.add(new Run(kind == 1, java.util.Arrays.copyOfRange(letters, from, end)));
            }
            from = to;
        }
        return runs;
    }

    /** 0: nothing that is looked for, 1: written without blanks, 2: letters and digits. */
    private static int kind(int letter) {
        if (!Character.isLetterOrDigit(letter)) return 0;
        return switch (Character.UnicodeScript.of(letter)) {
            case HAN, HIRAGANA, KATAKANA, HANGUL, THAI -> 1;
            default -> 2;
        };
    }

    private static String text(int[] letters, int from, int to) {
        return new String(letters, from, to - from);
    }
}
