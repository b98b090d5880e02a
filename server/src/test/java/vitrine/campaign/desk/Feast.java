package vitrine.campaign.desk;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import vitrine.identity.Browser;

/** Lumen's lantern feast: one Moonrise for lamps of so much. */
final class Feast {

    private static final LocalDateTime TODAY =
            LocalDateTime.now(ZoneId.of("Asia/Shanghai")).truncatedTo(ChronoUnit.DAYS);

    private Feast() {}

    static Map<String, String> plan(Workplace lumen, int tierFrom, int waitingDays) {
        Map<String, String> form = new HashMap<>();
        form.put("name.zh", "灯节");
        form.put("name.en", "Lantern feast");
        form.put("about.zh", "");
        form.put("about.en", "");
        form.put("currency", "CNY");
        form.put("zone", "Asia/Shanghai");
        form.put("from", TODAY.minusDays(1).toString());
        form.put("until", TODAY.plusDays(20).toString());
        form.put("offers[0].id", "");
        form.put("offers[0].name.zh", "");
        form.put("offers[0].name.en", "");
        form.put("offers[0].collectible", Workplace.LUMEN + "/" + lumen.moonrise.value());
        form.put("offers[0].goods", "");
        form.put("offers[0].categories", "lamp");
        form.put("offers[0].vendors", "");
        form.put("offers[0].measure", "amount");
        form.put("offers[0].basis", "order");
        form.put("offers[0].way", "tiers");
        form.put("offers[0].every", "");
        form.put("offers[0].tiers[0].from", String.valueOf(tierFrom));
        form.put("offers[0].tiers[0].pieces", "1");
        form.put("offers[0].perCollector", "1");
        form.put("offers[0].piecesMax", "");
        form.put("offers[0].waiting.days", String.valueOf(waitingDays));
        form.put("offers[0].waiting.calendar", "cn");
        form.put("offers[0].gift", "never");
        form.put("offers[0].giftDays", "");
        return form;
    }

    static void published(Workplace lumen, Browser who, String slug, int tierFrom, int waitingDays) {
        published(who, slug, plan(lumen, tierFrom, waitingDays));
    }

    static void published(Browser who, String slug, Map<String, String> plan) {
        String desk = "/desk/lumen/campaigns";
        Workplace.send(who, desk, desk, Map.of("nameZh", "灯节", "nameEn", "Lantern feast", "slug", slug));
        Map<String, String> fields = new HashMap<>(plan);
        fields.put("do", "save");
        var saved = Workplace.send(who, desk + "/" + slug, desk + "/" + slug, fields);
        assertThat(saved.statusCode()).as(saved.body()).isEqualTo(303);
        String publish = desk + "/" + slug + "/publish";
        var frozen = Workplace.send(who, publish, publish, Map.of());
        assertThat(who.get(Workplace.location(frozen)).body()).contains("Version 1, frozen");
    }
}
