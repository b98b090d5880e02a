package vitrine.proof;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What reading something from outside gives: the value, or one stable code and a sentence that say what is wrong. */
public sealed interface Parsed<T> {
    record Ok<T>(T value) implements Parsed<T> {}

    /** {@code code} is stable and dotted ({@code note.no-signature}); {@code detail} is English for a log line. */
    record Bad<T>(String code, String detail) implements Parsed<T> {}

    static <T> Parsed<T> ok(T value) {
        return new Ok<>(value);
    }

    static <T> Parsed<T> bad(String code, String detail) {
        return new Bad<>(code, detail);
    }

    default <R> Parsed<R> then(Function<T, Parsed<R>> next) {
        return switch (this) {
            case Ok<T> ok -> next.apply(ok.value());
            case Bad<T> bad -> new Bad<>(bad.code(), bad.detail());
        };
    }

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
