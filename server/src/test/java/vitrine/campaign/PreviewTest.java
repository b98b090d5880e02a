package vitrine.campaign;

import static org.assertj.core.api.Assertions.assertThat;
import static vitrine.campaign.Stage.at;
import static vitrine.campaign.Stage.plan;
import static vitrine.campaign.Stage.tier;
import static vitrine.campaign.Stage.with;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import vitrine.campaign.Previews.OfferPreview;
import vitrine.campaign.Previews.Preview;
import vitrine.proof.Json;

/** What the preview says is what happens. */
class PreviewTest {

    @Test
    void thePreviewOfADraftIsWhatPublishingItBrings() {
        for (String basis : List.of("order", "cumulative")) {
            Stage stage = Stage.of(12);
            var random = new Random(basis.hashCode());
            for (int n = 1; n <= 40; n++) {
                var order = stage.order(n, "buyer" + random.nextInt(8)).on(1 + random.nextInt(18));
                order.line(
                        random.nextInt(4) == 0 ? "shade" : "lamp",
                        1,
                        10_000 + random.nextInt(40_000),
                        random.nextInt(3) * 5_000);
                if (random.nextInt(8) == 0) order.cancelled();
                stage.hear(order);
            }
            var offer = with(
                    with(stage.offer("amount", basis, tier(30_000, 1), tier(60_000, 3)), "perCollector", Json.of(3)),
                    "piecesMax",
                    Json.of(10));
            CampaignId id = stage.draft("moonrise-nights", offer);
            var tried = (Preview.Tried) stage.server
                    .bean(Previews.class)
                    .preview(
                            stage.lumen,
                            stage.campaigns().campaign(id).draft(),
                            at("2026-06-01T00:00"),
                            at("2026-06-19T00:00"));
            OfferPreview preview = tried.offers().getFirst();
            assertThat(stage.states()).as("nothing is written").isEmpty();
            assertThat(preview.orders()).isEqualTo(40);

            stage.campaigns().publish(id);
            stage.match();
            assertThat(stage.states()).hasSize(preview.earned());
            assertThat(stage.states().stream().filter(s -> !s.equals("waiting")))
                    .hasSize(preview.given());
            assertThat(codes(stage)).isEqualTo(preview.verdicts());
            assertThat(preview.days().getLast().inAll()).isEqualTo(preview.earned());
            assertThat(byDate(stage))
                    .as("each piece on the day of the payment that earned it")
                    .isEqualTo(preview.days().stream()
                            .filter(day -> day.earned() > 0)
                            .collect(java.util.stream.Collectors.toMap(Previews.Day::date, Previews.Day::earned)));
        }
    }

    @Test
    void anUnfinishedDraftIsToldWhatItLacks() {
        Stage stage = Stage.of(1);
        assertThat(stage.server
                        .bean(Previews.class)
                        .preview(stage.lumen, plan(), at("2026-06-01T00:00"), at("2026-06-19T00:00")))
                .isInstanceOf(Preview.Unfinished.class);
    }

    private static Map<java.time.LocalDate, Integer> byDate(Stage stage) {
        Map<java.time.LocalDate, Integer> days = new java.util.HashMap<>();
        stage.db().sql("""
                        select (paid_at at time zone 'Asia/Shanghai')::date, count(*)::int from entitlements
                        where brand_id = :brand group by 1
                        """).param("brand", stage.lumen.value()).query(row -> {
            days.put(row.getObject(1, java.time.LocalDate.class), row.getInt(2));
        });
        return days;
    }

    private static Map<String, Integer> codes(Stage stage) {
        Map<String, Integer> codes = new java.util.TreeMap<>();
        stage.db()
                .sql("select code, count(*)::int from verdicts where brand_id = :brand group by code")
                .param("brand", stage.lumen.value())
                .query(row -> {
                    codes.put(row.getString(1), row.getInt(2));
                });
        return codes;
    }
}
