package vitrine.campaign.desk;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.multipart.MultipartFile;
import org.springframework.web.servlet.ModelAndView;
import vitrine.campaign.MemberOrders;
import vitrine.identity.Members;
import vitrine.platform.BrandId;
import vitrine.platform.BuyerKey;
import vitrine.platform.BuyerKeys;
import vitrine.platform.api.Permission;
import vitrine.platform.api.Requires;
import vitrine.platform.web.Texts;
import vitrine.proof.Json;

/** A brand's list of members: addresses come in, keyed hashes stay. */
@Controller
@Requires(Permission.CAMPAIGNS)
public class MembersDesk {

    /** At once; a longer list comes in parts. */
    static final int LIST_MAX = 100_000;

    static final int BYTES_MAX = 8 << 20;

    private final Desks desks;
    private final Members members;
    private final MemberOrders orders;
    private final BuyerKeys addresses;

    MembersDesk(Desks desks, Members members, MemberOrders orders, BuyerKeys addresses) {
        this.desks = desks;
        this.members = members;
        this.orders = orders;
        this.addresses = addresses;
    }

    /** Asked before anybody is taken off the list. @param what {@code replace} or {@code clear}; @param now addresses in the list */
    public record Question(String what, int now, int then, boolean file) {

        /** What the ticked box says: with these numbers and no others. */
        public String sure() {
            return now + "-" + then;
        }
    }

    /**
     * @param read how many addresses were read just now, null: nothing was sent
     * @param unreadable fields that are neither a mail address nor a phone number
     * @param typed as it was typed and not taken
     */
    public record Shown(
            int members,
            int most,
            @Nullable Integer read,
            int unreadable,
            String typed,
            @Nullable Question question,
            @Nullable String refusal) {}

    /** @param brokenAt the line from which on addresses stand inside of a quotation that was not meant; null: read to its end */
    private record Read(int unreadable, @Nullable Long brokenAt) {}

    @GetMapping("/desk/{brand}/members")
    ModelAndView list(@PathVariable BrandId brand, @RequestParam(required = false) @Nullable String said) {
        return Desks.page(
                "members", desks.of(brand, said), new Shown(members.count(brand), LIST_MAX, null, 0, "", null, null));
    }

    @PostMapping("/desk/{brand}/members")
    ModelAndView take(
            @PathVariable BrandId brand,
            @RequestParam(defaultValue = "") String typed,
            @RequestParam(required = false) @Nullable MultipartFile file,
            @RequestParam(name = "do", defaultValue = "add") String what,
            @RequestParam(defaultValue = "") String sure,
            Texts t)
            throws IOException {
        MultipartFile sent = file == null || file.isEmpty() ? null : file;
        if (sent != null && sent.getSize() > BYTES_MAX)
            return refused(brand, typed, null, t.get("desk.members.too-large"));
        Set<BuyerKey> keys = new HashSet<>();
        List<Read> read = new ArrayList<>();
        if (!what.equals("clear")) {
            read.add(read(typed, keys));
            if (sent != null) read.add(read(new String(sent.getBytes(), StandardCharsets.UTF_8), keys));
            // What was read in part only must not stand for the whole list.
            for (Read each : read)
                if (what.equals("replace") && each.brokenAt() != null)
                    return refused(brand, typed, null, t.get("desk.members.broken", each.brokenAt()));
            if (keys.isEmpty()) return refused(brand, typed, null, t.get("desk.members.none-read"));
            if (keys.size() > LIST_MAX) return refused(brand, typed, null, t.get("desk.members.too-many", LIST_MAX));
        }
        if (!what.equals("add")) {
            var question = new Question(what, members.count(brand), keys.size(), sent != null);
            if (question.now() > 0 && !question.sure().equals(sure)) return refused(brand, typed, question, null);
        }
        int now = desks.audited(
                brand,
                "members." + (what.equals("add") ? "added" : "replaced"),
                "",
                Json.object("addresses", Json.of(keys.size())),
                () -> {
                    if (what.equals("add")) members.add(brand, keys);
                    else members.replace(brand, keys);
                    orders.judgeAgain(brand);
                    return members.count(brand);
                });
        int unreadable = read.stream().mapToInt(Read::unreadable).sum();
        return Desks.page(
                "members", desks.of(brand, null), new Shown(now, LIST_MAX, keys.size(), unreadable, "", null, null));
    }

    private ModelAndView refused(BrandId brand, String typed, @Nullable Question question, @Nullable String refusal) {
        return Desks.page(
                "members",
                desks.of(brand, null),
                new Shown(members.count(brand), LIST_MAX, null, 0, typed, question, refusal),
                HttpStatus.UNPROCESSABLE_CONTENT);
    }

    /** Every field that is an address, in whichever column; a heading is none. */
    private Read read(String text, Set<BuyerKey> into) {
        int unreadable = 0;
        Long brokenAt = null;
        long last = 0;
        String plain = text.startsWith("\uFEFF") ? text.substring(1) : text;
        if (plain.isBlank()) return new Read(0, null);
        // A line with a field more or less than the one before it ends no list.
        try (CsvReader<CsvRecord> csv = CsvReader.builder()
                .allowExtraFields(true)
                .allowMissingFields(true)
                .allowExtraCharsAfterClosingQuote(true)
                .ofCsvRecord(plain)) {
            for (CsvRecord row : csv) {
                last = row.getStartingLineNumber();
                boolean found = false;
                for (String field : row.getFields()) {
                    if (swallows(field)) {
                        if (brokenAt == null) brokenAt = last;
                        continue;
                    }
                    // A spreadsheet whose commas stand in numbers has others between its columns.
                    for (String part : field.split("[;\t]")) {
                        Optional<BuyerKey> key = key(part.replace("\"", ""));
                        if (key.isPresent()) found = into.add(key.get()) || true;
                    }
                }
                if (!found && row.getFields().stream().anyMatch(f -> !f.isBlank())) unreadable++;
            }
        } catch (IOException | de.siegmar.fastcsv.reader.CsvParseException e) {
            unreadable++;
            if (brokenAt == null) brokenAt = last + 1;
        }
        return new Read(unreadable, brokenAt);
    }

    private Optional<BuyerKey> key(String field) {
        String text = field.strip();
        return text.indexOf('@') > 0
                ? addresses.email(text)
                : text.matches("[+()0-9 .-]{7,20}") ? addresses.phone(text) : Optional.empty();
    }

    /** A stray quotation mark makes one field of all lines up to the next one. A postal address of several lines does not. */
    private boolean swallows(String field) {
        return field.lines().count() > 1
                && field.lines()
                        .flatMap(line -> java.util.Arrays.stream(line.split("[,;\t]")))
                        .anyMatch(part -> key(part.replace("\"", "")).isPresent());
    }
}
