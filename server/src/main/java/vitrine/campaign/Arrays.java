package vitrine.campaign;

import java.util.Collection;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.support.SqlArrayValue;

/**
 * Columns of rows, as the arrays that {@code unnest} makes rows of again: one statement for a whole batch. Arrays of a Java type of
 * their own go to the database as bytes; arrays of objects would be written as text, quoted, and parsed there.
 */
final class Arrays {

    private Arrays() {}

    static <T> SqlArrayValue uuids(Collection<T> rows, Function<T, ? extends @Nullable Object> column) {
        return new SqlArrayValue("uuid", fill(new Object[rows.size()], rows, column));
    }

    static <T> SqlArrayValue texts(Collection<T> rows, Function<T, ? extends @Nullable Object> column) {
        return new SqlArrayValue("text", (Object[]) fill(new String[rows.size()], rows, column));
    }

    static <T> SqlArrayValue ints(Collection<T> rows, Function<T, ? extends @Nullable Object> column) {
        return new SqlArrayValue("int4", (Object[]) fill(new Integer[rows.size()], rows, column));
    }

    static <T> SqlArrayValue longs(Collection<T> rows, Function<T, ? extends @Nullable Object> column) {
        return new SqlArrayValue("int8", (Object[]) fill(new Long[rows.size()], rows, column));
    }

    static <T> SqlArrayValue booleans(Collection<T> rows, Function<T, ? extends @Nullable Object> column) {
        return new SqlArrayValue("bool", (Object[]) fill(new Boolean[rows.size()], rows, column));
    }

    /** Instants travel as the text of their ISO form, which names UTC. */
    static <T> SqlArrayValue times(Collection<T> rows, Function<T, ? extends @Nullable Object> column) {
        return new SqlArrayValue("timestamptz", fill(new Object[rows.size()], rows, column));
    }

    @SuppressWarnings("unchecked") // a value of another type is a bug that the array itself refuses
    private static <T, V> @Nullable V[] fill(
            @Nullable V[] values, Collection<T> rows, Function<T, ? extends @Nullable Object> column) {
        int i = 0;
        for (T row : rows) values[i++] = (V) column.apply(row);
        return values;
    }
}
