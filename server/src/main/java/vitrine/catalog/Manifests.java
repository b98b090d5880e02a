package vitrine.catalog;

import vitrine.proof.Json;

/** The publication of a collectible as a record for the log. */
final class Manifests {

    private Manifests() {}

    static byte[] entry(String origin, Collectible c) {
        return Json.object(
                        "v", Json.of(1),
                        "log", Json.of(origin),
                        "type", Json.of("collectible.published"),
                        "name", Traits.json(c.name()))
                .bytes();
    }
}
