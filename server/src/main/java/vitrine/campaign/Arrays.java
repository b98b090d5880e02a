package vitrine.campaign;

import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.support.SqlArrayValue;

/** Columns of rows, as the arrays that {@code unnest} makes rows of again: one statement for a whole batch. */
final class Arrays {

    private Arrays() {}

    static <T> SqlArrayValue uuids(Collection<T> rows, Function<T, ? extends @Nullable Object> column) {
        return of("uuid", rows, column);
    }

    static <T> SqlArrayValue texts(Collection<T> rows, Function<T, ? extends @Nullable Object> column) {
        return of("text", rows, column);
    }

    static <T> SqlArrayValue ints(Collection<T> rows, Function<T, ? extends @Nullable Object> column) {
        return of("int4", rows, column);
    }

    static <T> SqlArrayValue longs(Collection<T> rows, Function<T, ? extends @Nullable Object> column) {
        return of("int8", rows, column);
    }

    static <T> SqlArrayValue booleans(Collection<T> rows, Function<T, ? extends @Nullable Object> column) {
        return of("bool", rows, column);
    }

    /** Instants travel as the text of their ISO form, which names UTC. */
    static <T> SqlArrayValue times(Collection<T> rows, Function<T, ? extends @Nullable Object> column) {
        return of("timestamptz", rows, column);
    }

    private static <T> SqlArrayValue of(
            String type, Collection<T> rows, Function<T, ? extends @Nullable Object> column) {
        @Nullable Object[] values = new Object[rows.size()];
        int i = 0;
        for (T row : List.copyOf(rows)) values[i++] = column.apply(row);
        return new SqlArrayValue(type, values);
    }
}
