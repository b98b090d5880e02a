package vitrine.proof.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import vitrine.proof.Certificate;
import vitrine.proof.CertificateCheck;
import vitrine.proof.CertificateVerdict;
import vitrine.proof.Json;
import vitrine.proof.Manifest;
import vitrine.proof.Parsed;
import vitrine.proof.Possession;

/** Checks a certificate, with the design's files and the holder's answer where they are given; or gives that answer. */
final class CertificateCommand {
    private final PrintStream out;
    private final Words words;
    private final Arguments arguments;

    CertificateCommand(PrintStream out, Words words, Arguments arguments) {
        this.out = out;
        this.words = words;
        this.arguments = arguments;
    }

    int verify() throws IOException, Arguments.Wrong {
        var bytes = bytes();
        var folder = arguments.one("--media");
        var media = folder == null ? null : Path.of(folder);
        if (media != null && !Files.isDirectory(media)) throw new NotDirectoryException(folder);
        var challenge = arguments.one("--challenge");
        var answer = arguments.one("--holder");
        var possession = challenge == null || answer == null ? null : new Possession(challenge, answer);
        var verdict = CertificateCheck.verify(bytes, arguments.policy(), media, possession);
        int exit = exit(verdict);
        if (arguments.isJson()) {
            var members = new TreeMap<String, Json>();
            members.put("outcome", Json.of(Main.outcome(exit)));
            members.put("exit", Json.of(exit));
            members.put("checks", Checks.json(verdict.checks()));
            var ownership = ownership(verdict);
            members.put("ownership", ownership == null ? Json.NULL : json(ownership));
            out.println(new Json.Obj(members).text());
            return exit;
        }
        tell(verdict, exit);
        return exit;
    }

    /** The holder's answer to a challenge, from the holder's own file; whether the file is valid is the asker's question. */
    int prove() throws IOException, Arguments.Wrong {
        var holder = Certificate.parse(bytes()) instanceof Parsed.Ok<Certificate.Read> ok
                ? ok.value().certificate().holder()
                : null;
        if (holder == null) {
            if (arguments.isJson()) {
                out.println(Json.object("outcome", Json.of("invalid"), "exit", Json.of(Main.INVALID))
                        .text());
            } else {
                out.println(words.say("prove.no-key"));
            }
            return Main.INVALID;
        }
        var answer = Possession.prove(holder.seed(), arguments.required("--challenge"));
        if (arguments.isJson()) {
            out.println(Json.object(
                            "outcome", Json.of("valid"),
                            "exit", Json.of(Main.VALID),
                            "challenge", Json.of(answer.challenge()),
                            "answer", Json.of(answer.answer()))
                    .text());
        } else {
            out.println(answer.answer());
        }
        return Main.VALID;
    }

    /** No more than a certificate can have is read: what is longer is refused for its length. */
    private byte[] bytes() throws IOException {
        try (var in = Files.newInputStream(Path.of(arguments.files().getFirst()))) {
            return in.readNBytes(Certificate.BYTES_MAX + 1);
        }
    }

    private void tell(CertificateVerdict verdict, int exit) {
        var ownership = ownership(verdict);
        if (ownership != null) {
            var manifest = ownership.manifest();
            var supply = manifest.supply() instanceof Manifest.Supply.Limited limited ? "/" + limited.pieces() : "";
            out.println(manifest.name().in(words.language()) + " #" + ownership.serial() + supply + " · "
                    + manifest.issuer().name().in(words.language()));
        }
        out.println(words.say("outcome." + Main.outcome(exit)));
        if (ownership != null) {
            var key = "state." + ownership.state().name().toLowerCase(Locale.ROOT);
            out.println("  " + words.say(key, ownership.owner(), ownership.size(), ownership.log()));
        }
        Checks.tell(out, words, verdict.checks());
    }

    private static Json json(CertificateVerdict.Ownership ownership) {
        var owner = ownership.owner();
        return Json.object(
                "log", Json.of(ownership.log()),
                "size", Json.of(ownership.size()),
                "root", Json.of(ownership.root().hex()),
                "collectible", Json.of(ownership.collectible().hex()),
                "name", Json.of(ownership.manifest().name().in("en")),
                "serial", Json.of(ownership.serial()),
                "state", Json.of(ownership.state().name().toLowerCase(Locale.ROOT)),
                "owner", owner == null ? Json.NULL : Json.of(owner.hex()),
                "moves", Json.of(ownership.moves()));
    }

    private static int exit(CertificateVerdict verdict) {
        return switch (verdict) {
            case CertificateVerdict.Valid valid -> Main.VALID;
            case CertificateVerdict.Invalid invalid -> Main.INVALID;
            case CertificateVerdict.NotPinned notPinned -> Main.NOT_PINNED;
            case CertificateVerdict.PartlyChecked partly -> Main.PARTLY;
        };
    }

    private static CertificateVerdict.@Nullable Ownership ownership(CertificateVerdict verdict) {
        return switch (verdict) {
            case CertificateVerdict.Valid valid -> valid.ownership();
            case CertificateVerdict.Invalid invalid -> null;
            case CertificateVerdict.NotPinned notPinned -> notPinned.ownership();
            case CertificateVerdict.PartlyChecked partly -> partly.ownership();
        };
    }
}
