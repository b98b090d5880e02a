package vitrine.certificate.paper;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import vitrine.certificate.PieceCertificate;
import vitrine.platform.web.Supply;
import vitrine.platform.web.Texts;
import vitrine.proof.Hash32;
import vitrine.proof.LocalText;

/**
 * What stands on one printed certificate, in the words of one language. Nothing else goes into the paper, and all of it is plain
 * values: the same sheet is the same bytes.
 *
 * @param kind what the paper is, {@code kindAlso} in the other language
 * @param number {@code № 017}, and {@code supply} what follows it, smaller; empty for an open edition
 * @param name of the design, {@code nameAlso} in the other language, empty where it is the same
 * @param maker who made it, when, of what
 * @param say the sentence that it certifies
 * @param facts in the order of reading
 * @param check how to check it without us, one paragraph each
 * @param record where it stands in the log
 * @param leaf the newest record's hash, which the seal is drawn from
 * @param address where the code leads
 * @param picture hash of the file, null: there is none
 * @param cutout it stands on the plinth; otherwise it hangs on the wall
 */
record Sheet(
        Locale language,
        String kind,
        String kindAlso,
        String number,
        String supply,
        String name,
        String nameAlso,
        String maker,
        String say,
        List<Fact> facts,
        List<String> check,
        List<Fact> record,
        Hash32 leaf,
        String address,
        String wall,
        @Nullable String picture,
        boolean cutout) {

    record Fact(String label, String value) {}

    /** @param other the other language's words */
    static Sheet of(PieceCertificate it, PieceCertificate.Proven proven, Texts t, Texts other, String baseUrl) {
        var piece = it.piece();
        var manifest = it.manifest();
        String lang = t.language().code();
        String name = manifest.name().in(lang);
        String also = manifest.name().in(other.language().code());
        String makers = it.makers(lang);
        String by = t.get("caption.maker", makers, String.valueOf(piece.year()));
        String matter = t.of(piece.matter());

        List<Fact> facts = new ArrayList<>();
        facts.add(new Fact(t.get("piece.issuer"), manifest.issuer().name().in(lang)));
        if (!manifest.creators().isEmpty()) facts.add(new Fact(t.get("cert.paper.creator"), makers));
        Integer supply = piece.supply();
        facts.add(new Fact(
                t.get("cert.paper.supply"),
                supply == null ? t.get("cert.paper.supply-open") : t.get("cert.paper.supply-of", supply)));
        facts.add(new Fact(t.get("cert.paper.given"), day(t, it.firstGranted())));
        LocalText licence = manifest.licence();
        if (licence != null) facts.add(new Fact(t.get("cert.licence"), licence.in(lang)));
        var rules = it.rules();
        if (rules != null) {
            facts.add(
                    new Fact(t.get("cert.earned"), t.of(rules.name()) + t.get("cert.rules-version", rules.version())));
        }
        return new Sheet(
                t.language().locale(),
                t.get("cert.name"),
                other.get("cert.paper.name"),
                "№ " + Supply.figure(piece.serial(), supply),
                supply == null ? "" : "/" + supply,
                name,
                also.equals(name) ? "" : also,
                matter.isEmpty() ? by : by + " · " + matter,
                said(it, t),
                facts,
                List.of(t.get("cert.paper.scan"), t.get("cert.paper.own", piece.address() + ".certificate.json")),
                List.of(
                        new Fact(
                                t.get("cert.record"),
                                t.get(
                                        "cert.paper.where",
                                        proven.checkpoint().origin(),
                                        proven.entry(),
                                        proven.checkpoint().size())),
                        new Fact(t.get("cert.paper.leaf"), it.leaf().hex()),
                        new Fact(
                                t.get("cert.paper.root"),
                                proven.checkpoint().root().hex()),
                        new Fact(t.get("cert.paper.key"), it.vkey())),
                it.leaf(),
                baseUrl + "/c/" + piece.address(),
                piece.wall(),
                piece.image(),
                piece.cutout());
    }

    private static String said(PieceCertificate it, Texts t) {
        var piece = it.piece();
        String issuer = it.manifest().issuer().name().in(t.language().code());
        String said =
                switch (piece.state()) {
                    case "returned" -> t.get("cert.say-returned", issuer);
                    case "retired" -> t.get("cert.say-retired", issuer);
                    default ->
                        t.get(
                                it.given() ? "cert.say-given" : "cert.say",
                                issuer,
                                day(t, it.firstGranted()),
                                piece.shownOwner() == null ? t.get("cert.someone") : piece.shownOwner());
                };
        // On paper nothing is bold, and the space that sets bold Chinese apart goes with it.
        return said.replaceAll("(?<=\\p{IsHan}) <b>(?=\\p{IsHan})", "")
                .replaceAll("(?<=\\p{IsHan})</b> (?=\\p{IsHan})", "")
                .replace("<b>", "")
                .replace("</b>", "");
    }

    /** A day is not broken over two lines. */
    private static String day(Texts t, Instant at) {
        return t.fullDate(at).replace(' ', '\u00a0');
    }

    /** A name for exactly this content, whatever picture file it points at. */
    Hash32 fingerprint() {
        String all = List.of(
                        language.toLanguageTag(),
                        kind,
                        kindAlso,
                        number,
                        supply,
                        name,
                        nameAlso,
                        maker,
                        say,
                        flat(facts),
                        String.join("\n", check),
                        flat(record),
                        leaf.hex(),
                        address,
                        wall,
                        String.valueOf(picture),
                        String.valueOf(cutout))
                .stream()
                .collect(Collectors.joining("\u0000"));
        return Hash32.sha256(all.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    private static String flat(List<Fact> facts) {
        return facts.stream().map(fact -> fact.label() + "\n" + fact.value()).collect(Collectors.joining("\n"));
    }
}
