package vitrine.campaign.web;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one page shows of a long list, which says how long it is and leads on: nothing ends without a word.
 *
 * @param from which of all the first that is shown is, counted from 0
 */
public record Part<T>(List<T> shown, int from, int all) {

    static final int SIZE = 60;

    /** Reads so many from a place on. */
    interface Reading<T> {
        List<T> read(int from, int most);
    }

    /** The part in which this one of all is. @param asked as it stands in the address */
    static <T> Part<T> of(int asked, int all, Reading<T> list) {
        return at(start(asked, all), all, list);
    }

    /** Where the part begins in which this one of all is. */
    static int start(int asked, int all) {
        return Math.clamp(asked, 0, Math.max(0, all - 1)) / SIZE * SIZE;
    }

    /** From this place on, behind the end of a shorter list too: then it is empty. */
    static <T> Part<T> at(int from, int all, Reading<T> list) {
        return new Part<>(from < all ? list.read(from, SIZE) : List.of(), from, all);
    }

    public boolean isEmpty() {
        return shown.isEmpty();
    }

    public boolean isFirst() {
        return from == 0;
    }

    public @Nullable Integer next() {
        return from + SIZE < all ? from + SIZE : null;
    }

    public @Nullable Integer before() {
        return from > 0 ? from - SIZE : null;
    }
}
