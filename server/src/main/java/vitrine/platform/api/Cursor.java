package vitrine.platform.api;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import vitrine.platform.web.Refused;

/** A place in a list: the key of the last row that was shown. Opaque to the caller, so that its make may change. */
public record Cursor(List<String> parts) {

    public static final int LIMIT_MAX = 200;

    private static final String BETWEEN = "\u001f";

    public static Cursor at(Object... key) {
        return new Cursor(java.util.Arrays.stream(key).map(String::valueOf).toList());
    }

    /** @param after null or empty: from the beginning; else a cursor of {@code length} parts, or the request is refused */
    public static @Nullable Cursor of(@Nullable String after, int length) {
        if (after == null || after.isEmpty()) return null;
        try {
            String text = new String(Base64.getUrlDecoder().decode(after), StandardCharsets.UTF_8);
            List<String> parts = List.of(text.split(BETWEEN, -1));
            if (parts.size() == length && text.indexOf('\0') < 0) return new Cursor(parts);
        } catch (IllegalArgumentException e) {
            throw bad();
        }
        throw bad();
    }

    public UUID uuid(int part) {
        try {
            return UUID.fromString(parts.get(part));
        } catch (IllegalArgumentException e) {
            throw bad();
        }
    }

    public String text(int part) {
        return parts.get(part);
    }

    /** A time that a database can hold. */
    public Instant instant(int part) {
        try {
            Instant at = Instant.parse(parts.get(part));
            if (at.getEpochSecond() > 0 && at.getEpochSecond() < 253_402_300_800L) return at;
        } catch (DateTimeException e) {
            throw bad();
        }
        throw bad();
    }

    public int number(int part) {
        try {
            return Integer.parseInt(parts.get(part));
        } catch (NumberFormatException e) {
            throw bad();
        }
    }

    /** 1 to {@link #LIMIT_MAX}, or the request is refused. */
    public static int limit(int limit) {
        if (limit < 1 || limit > LIMIT_MAX)
            throw new Refused(
                    HttpStatus.BAD_REQUEST, "request.bad-limit", "limit is 1 to " + LIMIT_MAX + ", not " + limit);
        return limit;
    }

    private static Refused bad() {
        return new Refused(HttpStatus.BAD_REQUEST, "request.bad-cursor", "'after' is the 'next' of an earlier answer");
    }

    @Override
    public String toString() {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(String.join(BETWEEN, parts).getBytes(StandardCharsets.UTF_8));
    }
}
