package vitrine.campaign.desk;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
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

    /**
     * @param read how many addresses were read just now, null: nothing was sent
     * @param unreadable fields that are neither a mail address nor a phone number
     */
    public record Shown(
            int members,
            int most,
            @Nullable Integer read,
            int unreadable,
            @Nullable String refusal) {}

    @GetMapping("/desk/{brand}/members")
    ModelAndView list(@PathVariable BrandId brand, @RequestParam(required = false) @Nullable String said) {
        return Desks.page("members", desks.of(brand, said), new Shown(members.count(brand), LIST_MAX, null, 0, null));
    }

    @PostMapping("/desk/{brand}/members")
    ModelAndView take(
            @PathVariable BrandId brand,
            @RequestParam(defaultValue = "") String typed,
            @RequestParam(required = false) @Nullable MultipartFile file,
            @RequestParam(name = "do", defaultValue = "add") String what,
            Texts t)
            throws IOException {
        Desk desk = desks.of(brand, null);
        if (file != null && file.getSize() > BYTES_MAX) return refused(brand, desk, t.get("desk.members.too-large"));
        Set<BuyerKey> keys = new HashSet<>();
        int unreadable = read(typed, keys);
        if (file != null && !file.isEmpty())
            unreadable += read(new String(file.getBytes(), StandardCharsets.UTF_8), keys);
        if (keys.isEmpty() && !what.equals("clear")) return refused(brand, desk, t.get("desk.members.none-read"));
        if (keys.size() > LIST_MAX) return refused(brand, desk, t.get("desk.members.too-many", LIST_MAX));
        int now = desks.audited(
                brand,
                "members." + (what.equals("add") ? "added" : "replaced"),
                "",
                Json.object("addresses", Json.of(keys.size())),
                () -> {
                    if (what.equals("add")) members.add(brand, keys);
                    else members.replace(brand, what.equals("clear") ? Set.of() : keys);
                    orders.judgeAgain(brand);
                    return members.count(brand);
                });
        return Desks.page("members", desk, new Shown(now, LIST_MAX, keys.size(), unreadable, null));
    }

    private ModelAndView refused(BrandId brand, Desk desk, String refusal) {
        return Desks.page(
                "members",
                desk,
                new Shown(members.count(brand), LIST_MAX, null, 0, refusal),
                HttpStatus.UNPROCESSABLE_CONTENT);
    }

    /** Every field that is an address, in whichever column; a heading is none. @return how many fields of no use there were */
    private int read(String text, Set<BuyerKey> into) {
        int unreadable = 0;
        String plain = text.startsWith("\uFEFF") ? text.substring(1) : text;
        if (plain.isBlank()) return 0;
        try (CsvReader<CsvRecord> csv = CsvReader.builder().ofCsvRecord(plain)) {
            for (CsvRecord row : csv) {
                boolean found = false;
                for (String field : row.getFields()) {
                    Optional<BuyerKey> key = field.indexOf('@') > 0
                            ? addresses.email(field.strip())
                            : field.strip().matches("[+()0-9 .-]{7,20}")
                                    ? addresses.phone(field.strip())
                                    : Optional.empty();
                    if (key.isPresent()) found = into.add(key.get()) || true;
                }
                if (!found && row.getFields().stream().anyMatch(f -> !f.isBlank())) unreadable++;
            }
        } catch (IOException | de.siegmar.fastcsv.reader.CsvParseException e) {
            unreadable++;
        }
        return unreadable;
    }
}
