package vitrine.campaign.desk;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import vitrine.identity.Audit;
import vitrine.identity.Browser;
import vitrine.identity.Colleagues;

/** Staff do one thing to many rows, see what came of each, and undo what can be undone. */
class BulkActsTest {

    private static Workplace lumen;
    private static Browser wen;
    private static JdbcClient db;

    @BeforeAll
    static void open() {
        lumen = new Workplace();
        wen = lumen.team("Wen", Workplace.LUMEN);
        wen.get("/desk/lumen?lang=en");
        db = lumen.server.bean(JdbcClient.class);
        Feast.published(lumen, wen, "feast", 300, 15);
    }

    @AfterAll
    static void close() {
        lumen.close();
    }

    private static long units(String of) {
        return db.sql("select " + of + " from stock where brand_id = :brand")
                .param("brand", Workplace.LUMEN.value())
                .query(Long.class)
                .single();
    }

    private static long state(String state, int from, int to) {
        return db.sql("""
                select count(*) from entitlements e join orders o on o.brand_id = e.order_brand_id and o.order_id = e.order_id
                where e.state = :state and o.number::int between :from and :to
                """)
                .param("state", state)
                .param("from", from)
                .param("to", to)
                .query(Long.class)
                .single();
    }

    @Test
    void promisesAreWithdrawnWithAReasonTheirUnitsGoToWhoeverWaitsAndWhatIsUndoneWaitsAtTheEnd() {
        Instant now = Instant.now();
        for (int n = 0; n < 10; n++) lumen.order(800 + n, "holder" + n, "300.00", now.minusSeconds(9_000 - n));
        lumen.settle();
        lumen.order(850, "late", "300.00", now.minusSeconds(100));
        lumen.settle();
        assertThat(state("pending", 800, 809)).isEqualTo(10);
        assertThat(state("waiting", 850, 850)).isEqualTo(1);

        List<String> pending = Workplace.rows(wen, "/desk/lumen/entitlements?state=pending");
        assertThat(pending).hasSize(10);
        var form = List.of(
                Map.entry("act", "withdraw"),
                Map.entry("row", pending.get(0)),
                Map.entry("row", pending.get(1)),
                Map.entry("row", "018f0000-0000-7000-8000-000000000001"));
        String act = Workplace.choose(wen, "entitlements", form);
        assertThat(wen.get(act).body())
                .as("a foreign row is not even chosen")
                .contains("Rows chosen: 2")
                .contains("2 can be done");
        assertThat(state("pending", 800, 809))
                .as("nothing is done before it is begun")
                .isEqualTo(10);
        assertThat(Workplace.send(wen, act, act + "/begin", Map.of()).statusCode())
                .as("without a reason")
                .isEqualTo(422);
        Workplace.send(wen, act, act + "/begin", Map.of("reason", "abuse"));
        lumen.settle();
        String over = wen.get(act).body();
        assertThat(over).contains("2 done").contains("Put 2 back").contains("Against the published rules");
        assertThat(state("lapsed", 800, 809)).isEqualTo(2);
        assertThat(state("pending", 850, 850))
                .as("the unit went to whoever waits")
                .isEqualTo(1);
        assertThat(units("available")).as("one unit is free").isEqualTo(1);

        // The order is looked at again, and nothing takes the place of what staff took away.
        lumen.order(801, "holder1", "300.00", now.minusSeconds(8_999));
        lumen.settle();
        assertThat(state("pending", 800, 809)).isEqualTo(8);

        // One of the two is put back before the other.
        Workplace.choose(wen, "entitlements", List.of(Map.entry("act", "put-back"), Map.entry("row", pending.get(0))));
        String alone = Workplace.choose(
                wen, "entitlements", List.of(Map.entry("act", "put-back"), Map.entry("row", pending.get(0))));
        Workplace.send(wen, alone, alone + "/begin", Map.of());
        lumen.settle();
        assertThat(state("pending", 800, 809)).isEqualTo(9);
        assertThat(units("available")).isZero();
        assertThat(wen.get(act).body())
                .contains("Put 1 back")
                .contains("1 cannot any more")
                .contains("It was put back already.");
        var undone = Workplace.send(wen, act, act + "/undo", Map.of());
        lumen.settle();
        assertThat(wen.get(Workplace.location(undone)).body()).contains("1 done");
        assertThat(state("waiting", 800, 809))
                .as("its unit went to somebody else")
                .isEqualTo(1);
        assertThat(db.sql("select count(*) from stock where supply <> available + held + granted + withheld + retired")
                        .query(Long.class)
                        .single())
                .isZero();
        assertThat(lumen.server.bean(Audit.class).read(Workplace.LUMEN, null, 50))
                .anySatisfy(entry -> {
                    assertThat(entry.act()).isEqualTo("bulk.withdraw");
                    assertThat(entry.actorName()).isEqualTo("Wen");
                });
    }

    @Test
    void whatNobodyUnderstoodIsReadAgainAllAtOnceWithAResultForEachRow() {
        for (int n = 0; n < 60; n++) lumen.deliver("msg-many-" + n, "{\"type\": \"order.paid\", \"data\": {}}");
        lumen.order(520, "ada", "20.00", Instant.now());
        lumen.drain();
        // As a reader of an earlier release would have left it.
        db.sql("update deliveries set state = 'unreadable', reason = 'old reader' where delivery_id = 'msg-520'")
                .update();
        db.sql("update deliveries set state = 'ignored' where delivery_id = 'msg-odd'")
                .update();
        String act = Workplace.choose(
                wen,
                "deliveries",
                List.of(Map.entry("all", "yes"), Map.entry("state", "unreadable"), Map.entry("act", "read-again")));
        assertThat(wen.get(act).body()).contains("Rows chosen: 61");
        Workplace.send(wen, act, act + "/begin", Map.of());
        assertThat(wen.get(act).body())
                .contains("0 of 61 tried")
                .contains("hx-trigger=\"every 2s\"")
                .contains("http-equiv=\"refresh\"");
        // Two workers at once, as on two nodes: each row is one's alone.
        var acts = lumen.server.bean(vitrine.campaign.BulkActs.class);
        var other = Thread.ofVirtual().start(() -> {
            while (acts.run())
                ;
        });
        while (acts.run())
            ;
        try {
            other.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        lumen.settle();
        assertThat(wen.get(act).body())
                .contains("61 of 61 tried")
                .contains("1 done, 60 stayed as they were")
                .doesNotContain("every 2s");
        assertThat(wen.get(act + "?show=done").body()).contains("msg-520").doesNotContain("msg-many-");
        assertThat(wen.get(act + "?show=refused").body()).contains("It still cannot be read.");
        assertThat(wen.get("/desk/lumen/bulk").body()).contains(act).contains("Wen");
    }

    @Test
    void whoMayNotDoItIsRefusedAndNobodyBeginsAnothersAct() {
        lumen.deliver("msg-odd", "{\"type\": \"order.paid\", \"data\": {}}");
        lumen.drain();
        var agent = lumen.hired("Agent", Workplace.LUMEN, Colleagues.Role.AGENCY);
        assertThat(agent.get("/desk/lumen/deliveries").body())
                .doesNotContain("deliveries/bulk\" class")
                .doesNotContain("name=\"row\"");
        String token = Workplace.token(agent, "/desk/lumen/campaigns?lang=en");
        assertThat(agent.post("/desk/lumen/deliveries/bulk", Map.of("_csrf", token, "all", "yes"))
                        .statusCode())
                .isEqualTo(403);
        String act = Workplace.choose(wen, "deliveries", List.of(Map.entry("row", lumen.shop.id() + "/msg-odd")));
        assertThat(agent.get(act).body()).contains("You may look at this and not begin it.");
        assertThat(agent.post(act + "/begin", Map.of("_csrf", token)).statusCode())
                .isEqualTo(403);
        var other = lumen.team("Otto", Workplace.OTHER);
        assertThat(other.get(act).statusCode()).isEqualTo(403);
        assertThat(other.get(act.replace("/lumen/", "/other/")).statusCode()).isEqualTo(404);
    }

    @Test
    void listsAreSearchedAndSorted() {
        lumen.order(601, "ada", "20.00", Instant.now());
        lumen.order(602, "bo", "20.00", Instant.now());
        lumen.drain();
        String found = wen.get("/desk/lumen/deliveries?sought=601").body();
        assertThat(found).contains("ord_601").doesNotContain("ord_602");
        assertThat(wen.get("/desk/lumen/deliveries?sought=msg-602").body())
                .contains("ord_602")
                .doesNotContain("ord_601");
        String eldest =
                wen.get("/desk/lumen/deliveries?sort=eldest&state=folded").body();
        assertThat(eldest.indexOf("ord_601"))
                .isLessThan(eldest.indexOf("ord_602"))
                .isPositive();
        String newest = wen.get("/desk/lumen/deliveries?state=folded").body();
        assertThat(newest.indexOf("ord_602"))
                .isLessThan(newest.indexOf("ord_601"))
                .isPositive();
        String orders = wen.get("/desk/lumen/orders?sort=eldest").body();
        assertThat(orders.indexOf("601")).isPositive();
    }

    @Test
    void allThatTheFilterFindsIsNotAPieceMore() {
        try (Workplace own = new Workplace()) {
            Browser mei = own.team("Mei", Workplace.LUMEN);
            mei.get("/desk/lumen?lang=en");
            Feast.published(own, mei, "feast", 300, 0);
            own.order(711, "ada", "300.00", Instant.now());
            own.order(712, "bo", "300.00", Instant.now());
            own.order(713, "cai", "300.00", Instant.now());
            own.settle();
            own.server
                    .bean(org.springframework.transaction.support.TransactionTemplate.class)
                    .executeWithoutResult(status -> own.server
                            .bean(vitrine.drop.Drops.class)
                            .takeBack(
                                    List.of(
                                            new vitrine.catalog.PieceNumber(own.moonrise, 1),
                                            new vitrine.catalog.PieceNumber(own.moonrise, 2),
                                            new vitrine.catalog.PieceNumber(own.moonrise, 3)),
                                    "entitlement.order-returned"));
            String list = mei.get("/desk/lumen/pieces?of=moonrise&state=returned&from=2")
                    .body();
            assertThat(list).contains("/p/moonrise-2", "/p/moonrise-3").doesNotContain("/p/moonrise-1\"");
            // Every field that the list's form carries, as the browser sends it.
            List<Map.Entry<String, String>> form = new java.util.ArrayList<>();
            form.add(Map.entry("all", "yes"));
            form.add(Map.entry("act", "retire"));
            java.util.regex.Pattern.compile("<input type=\"hidden\" name=\"(\\w+)\" value=\"([^\"]*)\">")
                    .matcher(list.replaceFirst("(?s).*pieces/bulk\"", ""))
                    .results()
                    .forEach(field -> form.add(Map.entry(field.group(1), field.group(2))));
            String act = Workplace.location(mei.post("/desk/lumen/pieces/bulk", form))
                    .replaceFirst("^https?://[^/]+", "");
            Workplace.send(mei, act, act + "/begin", Map.of());
            own.settle();
            assertThat(own.server
                            .bean(JdbcClient.class)
                            .sql("select serial || ' ' || state from pieces order by serial")
                            .query(String.class)
                            .list())
                    .as("number 1 was not found, and so was not retired")
                    .containsExactly("1 returned", "2 retired", "3 retired");
        }
    }

    @Test
    void aPieceThatCameBackIsRetiredForGoodAndTheLogSaysSo() {
        try (Workplace own = new Workplace()) {
            Browser mei = own.team("Mei", Workplace.LUMEN);
            mei.get("/desk/lumen?lang=en");
            JdbcClient rows = own.server.bean(JdbcClient.class);
            Feast.published(own, mei, "feast", 300, 0);
            own.order(701, "ada", "300.00", Instant.now());
            own.order(702, "bo", "300.00", Instant.now());
            for (int round = 0; round < 4; round++) own.drain();
            own.server
                    .bean(org.springframework.transaction.support.TransactionTemplate.class)
                    .executeWithoutResult(status -> own.server
                            .bean(vitrine.drop.Drops.class)
                            .takeBack(
                                    List.of(new vitrine.catalog.PieceNumber(own.moonrise, 1)),
                                    "entitlement.order-returned"));
            String token = Workplace.token(mei, "/desk/lumen/pieces");
            var chosen = mei.post(
                    "/desk/lumen/pieces/bulk",
                    List.of(
                            Map.entry("_csrf", token),
                            Map.entry("row", own.moonrise.value() + "/1"),
                            Map.entry("row", own.moonrise.value() + "/2")));
            String act = Workplace.location(chosen).replaceFirst("^https?://[^/]+", "");
            assertThat(mei.get(act).body())
                    .contains("1 can be done, 1 would stay")
                    .contains("somebody has it");
            Workplace.send(mei, act, act + "/begin", Map.of());
            for (int round = 0; round < 4; round++) own.drain();
            assertThat(mei.get(act).body())
                    .contains("1 done, 1 stayed")
                    .contains("written into the public log")
                    .doesNotContain("/undo\"");
            assertThat(rows.sql("select state from pieces where serial = 1")
                            .query(String.class)
                            .single())
                    .isEqualTo("retired");
            assertThat(rows.sql("select available || ' ' || granted || ' ' || retired from stock")
                            .query(String.class)
                            .single())
                    .isEqualTo("8 1 1");
            assertThat(rows.sql("select kind from piece_records where serial = 1 order by nth desc limit 1")
                            .query(String.class)
                            .single())
                    .isEqualTo("retired");
            own.order(703, "cai", "300.00", Instant.now());
            for (int round = 0; round < 4; round++) own.drain();
            assertThat(rows.sql("select max(serial) from pieces where state = 'owned'")
                            .query(Integer.class)
                            .single())
                    .as("its number is never given again")
                    .isEqualTo(3);
        }
    }
}
