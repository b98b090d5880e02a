package vitrine.proof.cli;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import vitrine.proof.CertificateVerdict.Check;
import vitrine.proof.CertificateVerdict.Status;
import vitrine.proof.Json;

/** Tells what was checked: what passed once a kind, what did not each time. */
final class Checks {
    private Checks() {}

    static void tell(PrintStream out, Words words, List<Check> checks) {
        var passed = new LinkedHashMap<String, Integer>();
        for (var check : checks) {
            if (check.status() == Status.PASSED) passed.merge(check.code(), 1, Integer::sum);
        }
        passed.forEach((code, count) -> out.println("  ✓ " + words.check(code) + (count > 1 ? " ×" + count : "")));
        for (var check : checks) {
            switch (check.status()) {
                case PASSED -> {}
                case FAILED -> tell(out, words, "✗", "failed", check);
                case NOT_CHECKED -> tell(out, words, "?", "not-checked", check);
                case SKIPPED -> tell(out, words, "–", "skipped", check);
            }
        }
    }

    private static void tell(PrintStream out, Words words, String mark, String how, Check check) {
        out.println("  " + mark + " " + words.say(how, words.check(check.code())) + " [" + check.code() + ", "
                + check.where() + "] " + check.detail());
    }

    static Json json(List<Check> checks) {
        return Json.of(checks.stream().map(Checks::json).toList());
    }

    private static Json json(Check check) {
        return Json.object(
                "code", Json.of(check.code()),
                "status", Json.of(check.status().name().toLowerCase(Locale.ROOT).replace('_', '-')),
                "where", Json.of(check.where()),
                "detail", Json.of(check.detail()));
    }
}
