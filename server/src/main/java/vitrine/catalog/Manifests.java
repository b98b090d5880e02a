package vitrine.catalog;

import java.util.List;
import vitrine.platform.Bilingual;
import vitrine.proof.LocalText;
import vitrine.proof.LogRecord;
import vitrine.proof.Manifest;

/** A collectible as its publication in the log says it for good. */
final class Manifests {

    private Manifests() {}

    static LogRecord.CollectiblePublished of(String log, Collectible c) {
        return new LogRecord.CollectiblePublished(log, c.slug(), manifest(c));
    }

    static Manifest manifest(Collectible c) {
        Integer supply = c.supply();
        return new Manifest(
                text(c.name()),
                c.series() == null ? null : text(c.series()),
                new Manifest.Issuer(c.issuer(), text(issuer(c))),
                text(c.brandName()),
                c.creator() == null ? List.of() : List.of(text(c.creator().name())),
                c.media().stream()
                        .map(m -> new Manifest.Media(m.role(), m.sha256(), m.type(), m.bytes()))
                        .toList(),
                c.licence().zh().isBlank() ? null : text(c.licence()),
                supply == null ? new Manifest.Supply.Open() : new Manifest.Supply.Limited(supply),
                c.withheld(),
                c.traits().stream()
                        .map(t -> new Manifest.Trait(text(t.name()), text(t.value())))
                        .toList());
    }

    private static Bilingual issuer(Collectible c) {
        Creator creator = c.creator();
        return c.issuer().equals("creator") && creator != null ? creator.name() : c.brandName();
    }

    private static LocalText text(Bilingual text) {
        return LocalText.of("zh", text.zh(), "en", text.en());
    }
}
