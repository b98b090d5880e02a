package vitrine.certificate.web;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.servlet.ModelAndView;
import vitrine.catalog.Catalog;
import vitrine.catalog.PieceNumber;
import vitrine.certificate.HolderFiles;
import vitrine.identity.Access;
import vitrine.identity.Attempts;
import vitrine.ownership.HolderKeys;
import vitrine.ownership.web.OwnedPiece;
import vitrine.ownership.web.OwnedPieces;
import vitrine.platform.web.Refused;
import vitrine.platform.web.Texts;
import vitrine.proof.Certificate;

/**
 * The holder's own certificate file, with the key that proves possession (docs/record-format.md, "Certificates"). It is a secret:
 * only the present holder gets it, after she read what it is, and nothing on the way keeps it.
 */
@Controller
public class HolderFile {

    private static final int FILES_MAX = 20;
    private static final Duration WINDOW = Duration.ofHours(1);

    private final Catalog catalog;
    private final OwnedPieces pieces;
    private final HolderKeys keys;
    private final HolderFiles files;
    private final Access access;
    private final Attempts attempts;

    HolderFile(
            Catalog catalog, OwnedPieces pieces, HolderKeys keys, HolderFiles files, Access access, Attempts attempts) {
        this.catalog = catalog;
        this.pieces = pieces;
        this.keys = keys;
        this.files = files;
        this.access = access;
        this.attempts = attempts;
    }

    /** @param refusal why there is no file this time, null: there is */
    public record Shown(OwnedPiece piece, @Nullable String refusal) {}

    /** How an asking ended. */
    sealed interface Asked {

        record Given(Certificate file) implements Asked {}

        /** {@code certificate.holder-too-often}: so many an hour are enough for anybody who keeps them. */
        record TooOften(int allowed, Duration retryAfter) implements Asked {}

        /** {@code certificate.being-recorded}: her holding is not in the signed log yet, so the file would prove nothing. */
        record BeingRecorded() implements Asked {}
    }

    @GetMapping("/me/pieces/{address}/certificate")
    ModelAndView words(@PathVariable String address, HttpServletResponse response) {
        PieceNumber number = number(address);
        holds(number);
        return page(number, null, HttpStatus.OK, response);
    }

    @PostMapping("/me/pieces/{address}/certificate")
    @Nullable
    ModelAndView file(@PathVariable String address, Texts t, HttpServletResponse response) throws IOException {
        PieceNumber number = number(address);
        return switch (ask(number)) {
            case Asked.TooOften(int allowed, Duration wait) -> {
                response.setHeader(HttpHeaders.RETRY_AFTER, String.valueOf(Math.max(1, wait.toSeconds())));
                var minutes = Math.max(1, wait.toMinutes());
                yield page(
                        number,
                        t.get("certificate.holder-too-often", allowed, minutes),
                        HttpStatus.TOO_MANY_REQUESTS,
                        response);
            }
            case Asked.BeingRecorded recording -> {
                response.setHeader(HttpHeaders.RETRY_AFTER, "1");
                yield page(number, t.get("certificate.being-recorded"), HttpStatus.CONFLICT, response);
            }
            case Asked.Given(Certificate file) -> {
                noStore(response);
                byte[] bytes = file.format();
                response.setContentType(MediaType.APPLICATION_JSON_VALUE);
                response.setContentLength(bytes.length);
                response.setHeader(
                        HttpHeaders.CONTENT_DISPOSITION,
                        "attachment; filename=\"" + address + ".holder.certificate.json\"");
                response.getOutputStream().write(bytes);
                yield null;
            }
        };
    }

    private Asked ask(PieceNumber number) {
        holds(number);
        if (attempts.count("certificate.holder", access.person().toString(), FILES_MAX, WINDOW)
                instanceof Attempts.Counted.TooMany many) {
            return new Asked.TooOften(many.allowed(), many.retryAfter());
        }
        return files.of(number, access.person()).<Asked>map(Asked.Given::new).orElseGet(Asked.BeingRecorded::new);
    }

    private PieceNumber number(String address) {
        return catalog.piece(address)
                .filter(number -> pieces.piece(number).isPresent())
                .orElseThrow(Refused::notFound);
    }

    private void holds(PieceNumber number) {
        if (keys.of(number, access.person()).isEmpty())
            throw new Refused(HttpStatus.FORBIDDEN, "certificate.not-holder", null);
    }

    private ModelAndView page(
            PieceNumber number, @Nullable String refusal, HttpStatus status, HttpServletResponse response) {
        noStore(response);
        var page = new ModelAndView(
                "holder-file", "it", new Shown(pieces.piece(number).orElseThrow(Refused::notFound), refusal));
        page.setStatus(status);
        return page;
    }

    private static void noStore(HttpServletResponse response) {
        response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
    }
}
