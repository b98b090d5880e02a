package vitrine.catalog;

import java.util.ArrayList;
import java.util.List;
import vitrine.platform.Bilingual;
import vitrine.proof.Json;

/** Traits as a row and as a line of the manifest: {@code [{"name":{"zh","en"},"value":{"zh","en"}}]}. */
final class Traits {

    private Traits() {}

    static Json.Arr json(List<Collectible.Trait> traits) {
        return Json.of(traits.stream()
                .map(t -> Json.object("name", json(t.name()), "value", json(t.value())))
                .toList());
    }

    static Json.Obj json(Bilingual text) {
        return Json.object("zh", Json.of(text.zh()), "en", Json.of(text.en()));
    }

    static List<Collectible.Trait> of(String text) {
        List<Collectible.Trait> traits = new ArrayList<>();
        if (Json.parse(text).orThrow() instanceof Json.Arr array) {
            for (Json each : array) {
                if (each instanceof Json.Obj trait)
                    traits.add(new Collectible.Trait(bilingual(trait, "name"), bilingual(trait, "value")));
            }
        }
        return traits;
    }

    static Bilingual bilingual(Json.Obj object, String name) {
        if (object.get(name) instanceof Json.Obj pair
                && pair.get("zh") instanceof Json.Str zh
                && pair.get("en") instanceof Json.Str en) {
            return new Bilingual(zh.value(), en.value());
        }
        throw new IllegalStateException("" + name + " has no zh and en: " + object.text());
    }
}
