package vitrine.platform.api;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A part of a list. @param next what to send as {@code after} for the following part; null: this was the last */
public record Listing<T>(List<T> items, @Nullable String next) {

    /**
     * Of {@code limit + 1} rows that were asked for: the first {@code limit} of them, and where the rest begins.
     *
     * @param cursor of the last row shown
     */
    public static <T> Listing<T> of(List<T> rows, int limit, Function<T, Cursor> cursor) {
        if (rows.size() <= limit) return new Listing<>(rows, null);
        List<T> shown = List.copyOf(rows.subList(0, limit));
        return new Listing<>(shown, cursor.apply(shown.getLast()).toString());
    }
}
