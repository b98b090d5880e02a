package vitrine.ledger;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import vitrine.platform.web.Refused;
import vitrine.proof.Hash32;
import vitrine.proof.Merkle;

/**
 * Proofs ready made, for who would rather not read tiles. They say nothing that the tiles do not: a client that makes its own
 * gets the same bytes.
 */
@RestController
class LogProofs {

    private static final int PAGE = 100;

    private final Ledger ledger;

    LogProofs(Ledger ledger) {
        this.ledger = ledger;
    }

    /**
     * @param index counted from 0
     * @param size of the tree that the path leads to
     * @param entry the canonical JSON, as text
     * @param leaf lower-case hexadecimal, as in records
     * @param path leaf side first (RFC 9162 section 2.1.3)
     * @param checkpoint the signed note of that size; null where none of exactly this size was shown
     */
    record Inclusion(
            String log,
            long index,
            long size,
            String entry,
            String leaf,
            List<String> path,
            @Nullable String checkpoint) {}

    /** @param path as RFC 9162 section 2.1.4 says */
    record Consistency(String log, long from, long to, List<String> path) {}

    record Checkpoints(
            String log, List<One> checkpoints, @Nullable Long before) {
        record One(long size, String root, Instant signedAt, String note) {}
    }

    /** Under a size it is final; under "the newest" it is as fresh as the checkpoint. */
    @GetMapping(
            path = {"/log/proof", "/logs/{name}/proof"},
            params = "index")
    ResponseEntity<Inclusion> inclusion(
            @PathVariable(required = false) @Nullable String name,
            @RequestParam("index") String index,
            @RequestParam(name = "size", required = false) @Nullable String size) {
        LogId log = at(name);
        Ledger.Head head = ledger.head(log);
        long tree = size == null ? head.size() : number("size", size);
        long at = number("index", index);
        var proven = ledger.entry(log, at, tree)
                .orElseThrow(() -> new Refused(
                        HttpStatus.NOT_FOUND,
                        "log.no-such-entry",
                        "entry %d of %d; the newest checkpoint has %d".formatted(at, tree, head.size())));
        String note = tree == head.size()
                ? head.note()
                : ledger.checkpoint(log, tree).map(Ledger.Shown::note).orElse(null);
        return answer(
                size != null,
                new Inclusion(
                        ledger.originOf(log),
                        at,
                        tree,
                        new String(proven.entry(), StandardCharsets.UTF_8),
                        Merkle.leafHash(proven.entry()).hex(),
                        proven.proof().path().stream().map(Hash32::hex).toList(),
                        note));
    }

    @GetMapping({"/log/consistency", "/logs/{name}/consistency"})
    ResponseEntity<Consistency> consistency(
            @PathVariable(required = false) @Nullable String name,
            @RequestParam("from") String from,
            @RequestParam("to") String to) {
        LogId log = at(name);
        long old = number("from", from);
        long size = number("to", to);
        var proof = ledger.consistency(log, old, size)
                .orElseThrow(() -> new Refused(
                        HttpStatus.NOT_FOUND,
                        "log.no-such-size",
                        "from %d to %d; the newest checkpoint has %d"
                                .formatted(old, size, ledger.head(log).size())));
        return answer(
                true,
                new Consistency(
                        ledger.originOf(log),
                        old,
                        size,
                        proof.path().stream().map(Hash32::hex).toList()));
    }

    /** Old checkpoints, the newest first, a hundred at a time: {@code before} is where the next page begins. */
    @GetMapping({"/log/checkpoints", "/logs/{name}/checkpoints"})
    ResponseEntity<Checkpoints> checkpoints(
            @PathVariable(required = false) @Nullable String name,
            @RequestParam(name = "before", required = false) @Nullable String before) {
        LogId log = at(name);
        var shown = ledger.checkpoints(log, before == null ? Long.MAX_VALUE : number("before", before), PAGE);
        return answer(
                false,
                new Checkpoints(
                        ledger.originOf(log),
                        shown.stream()
                                .map(one -> new Checkpoints.One(
                                        one.size(), one.root().hex(), one.signedAt(), one.note()))
                                .toList(),
                        shown.size() < PAGE ? null : shown.getLast().size()));
    }

    private static <T> ResponseEntity<T> answer(boolean isFinal, T body) {
        return ResponseEntity.ok()
                .header("Access-Control-Allow-Origin", "*")
                .cacheControl(CacheControl.maxAge(isFinal ? Duration.ofHours(1) : Duration.ofSeconds(1))
                        .cachePublic())
                .body(body);
    }

    private LogId at(@Nullable String name) {
        return ledger.at(name == null ? "log" : "logs/" + name).orElseThrow(Refused::notFound);
    }

    private static long number(String name, String text) {
        if (!text.matches("0|[1-9][0-9]{0,17}")) {
            throw new Refused(
                    HttpStatus.BAD_REQUEST, "log.no-number", name + " is a whole number from 0, not '" + text + "'");
        }
        return Long.parseLong(text);
    }
}
