package vitrine.proof;

import java.util.List;

/** The brand Lumen's collectible Moonrise by the artist Wen: ten pieces, one of them withheld. */
final class Moonrise {
    static final String LOG = "lumen.example/log";
    static final SignerKey KEY =
            new SignerKey(LOG, Hash32.sha256(Encoding.utf8("the log's key")).bytes());
    static final byte[] IMAGE = Encoding.utf8("a picture of the moon");

    static final Manifest MANIFEST = new Manifest(
            LocalText.of("zh", "月升", "en", "Moonrise"),
            LocalText.of("zh", "夜行", "en", "Night Walk"),
            new Manifest.Issuer("brand", LocalText.of("zh", "流明", "en", "Lumen")),
            LocalText.of("zh", "流明", "en", "Lumen"),
            List.of(LocalText.of("zh", "文", "en", "Wen")),
            List.of(new Manifest.Media("image", Hash32.sha256(IMAGE), "image/png", IMAGE.length)),
            LocalText.of("zh", "仅供个人展示", "en", "For personal display"),
            Manifest.Supply.of(10),
            1,
            List.of(new Manifest.Trait(
                    LocalText.of("zh", "月相", "en", "Phase"), LocalText.of("zh", "满月", "en", "Full"))));

    static final LogRecord.CollectiblePublished PUBLISHED =
            new LogRecord.CollectiblePublished(LOG, "moonrise", MANIFEST);
    static final Hash32 COLLECTIBLE = PUBLISHED.leafHash();

    static final String RULES_DOCUMENT = "{\"minimum\":\"300.00\",\"pieces\":1}";
    static final LogRecord.RulesPublished RULES =
            new LogRecord.RulesPublished(LOG, "festival", 1, Hash32.sha256(Encoding.utf8(RULES_DOCUMENT)));

    static final byte[] ADA = Hash32.sha256(Encoding.utf8("Ada's secret")).bytes();
    static final byte[] BO = Hash32.sha256(Encoding.utf8("Bo's secret")).bytes();

    private Moonrise() {}

    static Hash32 owner(byte[] secret, long serial, long moves) {
        return OwnerKeys.ownerHash(OwnerKeys.publicKey(OwnerKeys.seed(secret, COLLECTIBLE, serial, moves)));
    }

    static LogRecord.OfPiece grantedTo(byte[] secret, long serial) {
        return LogRecord.granted(LOG, COLLECTIBLE, serial, null, RULES.leafHash(), owner(secret, serial, 0));
    }
}
