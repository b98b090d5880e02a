package vitrine.showroom;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
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
import vitrine.certificate.Certificates;
import vitrine.certificate.HolderFiles;
import vitrine.identity.Access;
import vitrine.identity.Attempts;
import vitrine.identity.Collector;
import vitrine.identity.CollectorId;
import vitrine.identity.Collectors;
import vitrine.identity.Devices;
import vitrine.identity.Persons;
import vitrine.identity.RecoveryCodes;
import vitrine.platform.messages.Address;
import vitrine.platform.web.Texts;

/** What is stored about a collector, in words; and all of it, with the files that prove her pieces without us. */
@Controller
public class MyData {

    private static final int EXPORTS_MAX = 5;
    private static final Duration WINDOW = Duration.ofHours(1);

    private final Rooms rooms;
    private final Certificates certificates;
    private final HolderFiles files;
    private final StoredOfMe stored;
    private final Collectors collectors;
    private final Devices devices;
    private final RecoveryCodes codes;
    private final Persons persons;
    private final Access access;
    private final Attempts attempts;

    MyData(
            Rooms rooms,
            Certificates certificates,
            HolderFiles files,
            StoredOfMe stored,
            Collectors collectors,
            Devices devices,
            RecoveryCodes codes,
            Persons persons,
            Access access,
            Attempts attempts) {
        this.rooms = rooms;
        this.certificates = certificates;
        this.files = files;
        this.stored = stored;
        this.collectors = collectors;
        this.devices = devices;
        this.codes = codes;
        this.persons = persons;
        this.access = access;
        this.attempts = attempts;
    }

    /** @param contact masked: a screen may be looked at by others; the export has it whole */
    public record Shown(
            String name,
            String handle,
            String contact,
            StoredOfMe.Counts counts,
            int devices,
            int codes,
            Persons.@Nullable Confirmed person,
            @Nullable String refusal) {}

    @GetMapping("/me/data")
    ModelAndView page(HttpServletRequest request) {
        return shown(null, request, HttpStatus.OK);
    }

    @PostMapping("/me/data/export")
    @Nullable
    ModelAndView export(Texts t, HttpServletRequest request, HttpServletResponse response) throws IOException {
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
                    request,
                    HttpStatus.TOO_MANY_REQUESTS);
        }
        // It holds her keys: nothing on the way keeps it.
        response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        response.setContentType("application/zip");
        response.setHeader(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"vitrine-export.zip\"");
        write(person, t, request, new ZipOutputStream(response.getOutputStream(), StandardCharsets.UTF_8));
        return null;
    }

    private void write(CollectorId person, Texts t, HttpServletRequest request, ZipOutputStream zip)
            throws IOException {
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
            told.put(
                    "firstShared",
                    piece.shared() == null ? null : piece.shared().toString());
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
        put(
                zip,
                "me.json",
                JsonMapper.shared()
                        .writerWithDefaultPrettyPrinter()
                        .writeValueAsBytes(stored.all(person, pieces, devices.of(person, request), t)));
        zip.finish();
    }

    private static void put(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(bytes);
        zip.closeEntry();
    }

    private ModelAndView shown(@Nullable String refusal, HttpServletRequest request, HttpStatus status) {
        CollectorId person = access.person();
        Collector collector = collectors.find(person).orElseThrow();
        var page = new ModelAndView(
                "my-data",
                "it",
                new Shown(
                        collector.displayName() == null ? "" : collector.displayName(),
                        collector.handle() == null ? "" : collector.handle(),
                        collectors.contact(person).map(Address::masked).orElse(""),
                        stored.counts(person),
                        devices.of(person, request).size(),
                        codes.left(person),
                        persons.of(person).orElse(null),
                        refusal));
        page.setStatus(status);
        return page;
    }
}
