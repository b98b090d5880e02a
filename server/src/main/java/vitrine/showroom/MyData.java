package vitrine.showroom;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.servlet.ModelAndView;
import tools.jackson.databind.json.JsonMapper;
import vitrine.campaign.HolderMessages;
import vitrine.certificate.Certificates;
import vitrine.certificate.HolderFiles;
import vitrine.fulfilment.Fulfilments;
import vitrine.fulfilment.ParcelAddress;
import vitrine.identity.Access;
import vitrine.identity.Attempts;
import vitrine.identity.Collector;
import vitrine.identity.CollectorId;
import vitrine.identity.Collectors;
import vitrine.identity.News;
import vitrine.identity.Passkeys;
import vitrine.identity.Persons;
import vitrine.identity.RecoveryCodes;
import vitrine.market.Transfers;
import vitrine.payment.Payments;
import vitrine.platform.Money;
import vitrine.platform.messages.Address;
import vitrine.platform.web.Texts;

/** What is stored about a collector, in words; and all of it, with the files that prove her pieces without us. */
@Controller
public class MyData {

    private static final int EXPORTS_MAX = 5;
    private static final Duration WINDOW = Duration.ofHours(1);
    private static final int TRANSFERS = 1000;

    private final Rooms rooms;
    private final Certificates certificates;
    private final HolderFiles files;
    private final Transfers transfers;
    private final Collectors collectors;
    private final News news;
    private final HolderMessages letters;
    private final RecoveryCodes codes;
    private final Passkeys passkeys;
    private final Persons persons;
    private final Payments payments;
    private final Fulfilments fulfilments;
    private final Access access;
    private final Attempts attempts;

    MyData(
            Rooms rooms,
            Certificates certificates,
            HolderFiles files,
            Transfers transfers,
            Collectors collectors,
            News news,
            HolderMessages letters,
            RecoveryCodes codes,
            Passkeys passkeys,
            Persons persons,
            Payments payments,
            Fulfilments fulfilments,
            Access access,
            Attempts attempts) {
        this.rooms = rooms;
        this.certificates = certificates;
        this.files = files;
        this.transfers = transfers;
        this.collectors = collectors;
        this.news = news;
        this.letters = letters;
        this.codes = codes;
        this.passkeys = passkeys;
        this.persons = persons;
        this.payments = payments;
        this.fulfilments = fulfilments;
        this.access = access;
        this.attempts = attempts;
    }

    /** @param contact masked: a screen may be looked at by others; the export has it whole */
    public record Shown(
            String name,
            String handle,
            String contact,
            int pieces,
            int transfers,
            int codes,
            Persons.@Nullable Confirmed person,
            @Nullable String refusal) {}

    @GetMapping("/me/data")
    ModelAndView page() {
        return shown(null, HttpStatus.OK);
    }

    @PostMapping("/me/data/export")
    @Nullable
    ModelAndView export(Texts t, HttpServletResponse response) throws IOException {
        CollectorId person = access.person();
        if (attempts.count("showroom.export", person.toString(), EXPORTS_MAX, WINDOW)
                instanceof Attempts.Counted.TooMany many) {
            response.setHeader(
                    HttpHeaders.RETRY_AFTER,
                    String.valueOf(Math.max(1, many.retryAfter().toSeconds())));
            return shown(
                    t.get(
                            "data.too-often",
                            many.allowed(),
                            Math.max(1, many.retryAfter().toMinutes())),
                    HttpStatus.TOO_MANY_REQUESTS);
        }
        // It holds her keys: nothing on the way keeps it.
        response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        response.setContentType("application/zip");
        response.setHeader(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"vitrine-export.zip\"");
        write(person, t, new ZipOutputStream(response.getOutputStream(), StandardCharsets.UTF_8));
        return null;
    }

    private void write(CollectorId person, Texts t, ZipOutputStream zip) throws IOException {
        List<Object> pieces = new ArrayList<>();
        put(zip, "README.txt", t.get("data.readme").getBytes(StandardCharsets.UTF_8));
        for (var hung : rooms.hung(rooms.hooks(person))) {
            var piece = hung.piece();
            Map<String, Object> told = new LinkedHashMap<>();
            told.put("piece", piece.address());
            told.put("name", piece.name());
            told.put("brand", piece.brand());
            told.put("since", piece.granted().toString());
            told.put("opened", piece.opened() == null ? null : piece.opened().toString());
            told.put("giftPolicy", piece.giftPolicy());
            told.put("shown", !hung.hidden());
            var own = files.of(piece.number(), person);
            if (own.isPresent()) {
                String file = "pieces/" + piece.address() + ".holder.certificate.json";
                put(zip, file, own.get().format());
                told.put("file", file);
            } else if (certificates.of(piece.number()).orElse(null)
                    instanceof Certificates.Certified.Proven(var certificate)) {
                String file = "pieces/" + piece.address() + ".certificate.json";
                put(zip, file, certificate.format());
                told.put("file", file);
            }
            pieces.add(told);
        }
        Map<String, Object> all = new LinkedHashMap<>();
        Collector collector = collectors.find(person).orElseThrow();
        all.put("name", collector.displayName());
        all.put("address", collector.handle());
        all.put("language", collector.language());
        all.put("showroomOpen", collector.isPublic());
        all.put("contact", collectors.contact(person).map(Address::value).orElse(null));
        all.put(
                "mailsNotWanted",
                news.unwanted(person).stream().map(News.Topic::text).toList());
        all.put("recoveryCodesLeft", codes.left(person));
        all.put(
                "passkeys",
                passkeys.of(person).stream()
                        .map(key ->
                                Map.of("name", key.name(), "made", key.madeAt().toString()))
                        .toList());
        all.put(
                "confirmedAsOnePerson",
                persons.of(person)
                        .map(one -> Map.of(
                                "ageAtLeast", one.ageLeast(), "on", one.at().toString()))
                        .orElse(null));
        all.put("pieces", pieces);
        var family = collectors.family(person);
        all.put(
                "giftsToAndFromFriends",
                transfers.of(family, TRANSFERS).stream()
                        .map(way -> {
                            Map<String, Object> told = new LinkedHashMap<>();
                            told.put("fromMe", family.contains(way.giver()));
                            told.put("state", way.state().name().toLowerCase(java.util.Locale.ROOT));
                            told.put("card", way.words());
                            told.put("signed", way.signed());
                            told.put("offered", way.offeredAt().toString());
                            told.put(
                                    "ended",
                                    way.endedAt() == null ? null : way.endedAt().toString());
                            return told;
                        })
                        .toList());
        all.put(
                "payments",
                payments.ofPayers(family.stream().map(CollectorId::value).toList()).stream()
                        .map(own -> {
                            Map<String, Object> told = new LinkedHashMap<>();
                            told.put("for", own.title());
                            told.put("amount", sum(own.state().amount()));
                            told.put("by", own.state().way().text());
                            told.put("state", own.state().is().name().toLowerCase(java.util.Locale.ROOT));
                            told.put("begun", own.state().startedAt().toString());
                            told.put(
                                    "paid",
                                    own.state().paidAt() == null
                                            ? null
                                            : own.state().paidAt().toString());
                            told.put("givenBack", sum(own.state().refunded()));
                            return told;
                        })
                        .toList());
        all.put(
                "redemptions",
                fulfilments.ofPerson(family).stream()
                        .map(one -> {
                            Map<String, Object> told = new LinkedHashMap<>();
                            told.put("what", one.promised());
                            told.put(
                                    "piece", one.pieceSlug() + "-" + one.piece().serial());
                            told.put("state", one.state());
                            told.put("redeemed", one.askedAt().toString());
                            told.put(
                                    "address",
                                    fulfilments
                                            .address(one, person)
                                            .map(ParcelAddress::fields)
                                            .orElse(null));
                            return told;
                        })
                        .toList());
        all.put(
                "mailsOfBrands",
                letters.to(family).stream()
                        .map(letter -> Map.of(
                                "brand", t.of(letter.brand()),
                                "subject", t.of(letter.subject()),
                                "written", letter.at().toString()))
                        .toList());
        put(zip, "me.json", JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsBytes(all));
        zip.finish();
    }

    private static String sum(Money money) {
        int digits = Math.max(0, money.currency().getDefaultFractionDigits());
        return BigDecimal.valueOf(money.minor(), digits).toPlainString() + " " + money.currency();
    }

    private static void put(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(bytes);
        zip.closeEntry();
    }

    private ModelAndView shown(@Nullable String refusal, HttpStatus status) {
        CollectorId person = access.person();
        Collector collector = collectors.find(person).orElseThrow();
        var page = new ModelAndView(
                "my-data",
                "it",
                new Shown(
                        collector.displayName() == null ? "" : collector.displayName(),
                        collector.handle() == null ? "" : collector.handle(),
                        collectors.contact(person).map(Address::masked).orElse(""),
                        rooms.hooks(person).size(),
                        transfers.of(collectors.family(person), TRANSFERS).size(),
                        codes.left(person),
                        persons.of(person).orElse(null),
                        refusal));
        page.setStatus(status);
        return page;
    }
}
