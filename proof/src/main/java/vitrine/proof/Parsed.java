package vitrine.proof;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What reading something from outside gives: the value, or one stable code and a sentence that say what is wrong. */
public sealed interface Parsed<T> {
    /** It could be read. */
    record Ok<T>(T value) implements Parsed<T> {}

    /** {@code code} is stable and dotted ({@code note.no-signature}); {@code detail} is English for a log line. */
    record Bad<T>(String code, String detail) implements Parsed<T> {}

    /** A value that was read. */
    static <T> Parsed<T> ok(T value) {
        return new Ok<>(value);
    }

    /** What is wrong, by a stable code and in a sentence. */
    static <T> Parsed<T> bad(String code, String detail) {
        return new Bad<>(code, detail);
    }

    /** Reads on from the value; what is wrong stays what it is. */
    default <R> Parsed<R> then(Function<T, Parsed<R>> next) {
        return switch (this) {
            case Ok<T> ok -> next.apply(ok.value());
            case Bad<T> bad -> new Bad<>(bad.code(), bad.detail());
        };
    }

    /** The value, or null where it does not matter what is wrong. */
    default @Nullable T orNull() {
        return switch (this) {
            case Ok<T> ok -> ok.value();
            case Bad<T> bad -> null;
        };
    }

    /** For text that the caller vouches for. @throws IllegalArgumentException with code and detail */
    default T orThrow() {
        return switch (this) {
            case Ok<T> ok -> ok.value();
            case Bad<T> bad -> throw new IllegalArgumentException(bad.code() + ": " + bad.detail());
        };
    }
}
