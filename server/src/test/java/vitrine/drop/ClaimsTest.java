package vitrine.drop;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static vitrine.drop.Works.MOONRISE;

import io.micrometer.core.instrument.MeterRegistry;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.catalog.Brand;
import vitrine.catalog.Catalog;
import vitrine.catalog.CollectibleId;
import vitrine.catalog.PieceNumber;
import vitrine.drop.Entrances.Entrance;
import vitrine.identity.Browser;
import vitrine.identity.CollectorId;
import vitrine.ownership.Pieces;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.platform.Jobs;
import vitrine.testing.TestServer;

/** What a crowd gets: never one too many, never two for one, and whoever won hears so. */
class ClaimsTest extends TwoNodes {

    @Test
    void aCrowdTakesWhatThereIsAndNotOneMore() {
        Drop drop = published(1, null, null);
        List<Claiming> ended = together(collectors(40).stream()
                .<Callable<Claiming>>map(who -> () -> claim(who.hashCode() % 2 == 0 ? one : two, drop, who, 1))
                .toList());
        assertThat(serials(ended)).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
        assertThat(codes(ended, "drop.sold-out")).isEqualTo(30);
        drain();
        assertThat(stock()).isEqualTo(new Stock(12, 0, 0, 10, 2, 0, 10));
        assertThat(one.bean(ClaimPace.class).of(drop.id()).steps().stream()
                        .mapToInt(ClaimPace.Step::claims)
                        .sum())
                .as("the plot of those who watch has each of them")
                .isEqualTo(10);
        for (int serial = 1; serial <= 10; serial++) {
            assertThat(one.bean(Pieces.class)
                            .find(new PieceNumber(moonrise, serial))
                            .orElseThrow()
                            .owner())
                    .isNotNull();
        }
        assertThat(database.jdbc()
                        .sql("select distinct rules_hash from pieces")
                        .query(byte[].class)
                        .list())
                .as("each record names the frozen rules")
                .containsExactly(requireNonNull(drop.rules()).bytes());
    }

    @Test
    void aWarmUpGoesTheWholeWayAndLeavesNothing() throws InterruptedException {
        Drop drop = published("drop", Duration.ofHours(1), 1, null, null);
        Stock before = stock();
        int warmedUp = one.bean(WarmUp.class).warmUp(drop, one.address().getPort(), 200);
        assertThat(warmedUp).isEqualTo(200);
        assertThat(stock()).isEqualTo(before);
        assertThat(database.jdbc()
                        .sql("select (select count(*) from claims) + (select sum(taken) from drop_stages)")
                        .query(Integer.class)
                        .single())
                .isZero();
        assertThat(one.bean(MeterRegistry.class).find("vitrine.drop.claims").counters())
                .as("nobody who watches takes it for a crowd")
                .isEmpty();
        ahead.updateAndGet(by -> by.plus(Duration.ofHours(1)).plusSeconds(2));
        assertThat(serials(List.of(claim(one, drop, collectors(1).getFirst(), 1))))
                .as("the first who comes gets the first piece")
                .containsExactly(1);
    }

    /** Ids are made by the server, and no two stages have the same; whatever brings it about, their claims do not meet. */
    @Test
    void twoBrandsWhoseStagesBearOneIdHaveTheirClaimsApart() {
        Drop hers = published("hers", Duration.ZERO, 1, null, null);
        BrandId mist = one.bean(Catalog.class).addBrand(Brand.Kind.BRAND, "mist", MOONRISE, MOONRISE, "night");
        CollectibleId fog = Works.published(one, mist, "fog", 12, 2);
        DropPlans plans = one.bean(DropPlans.class);
        DropId id = ((DropPlans.Drafting.Drafted) plans.draft(
                        mist,
                        "theirs",
                        new DropDraft(
                                MOONRISE, MOONRISE, List.of(stage(fog, Duration.ZERO, 1, null, null, "everyone")))))
                .id();
        assertThat(plans.publish(id)).isInstanceOf(DropPlans.Publishing.Published.class);
        bears(id, hers.stages().getFirst().id());
        Drop theirs = plans.find(id).orElseThrow();
        assertThat(theirs.stages().getFirst().id())
                .isEqualTo(hers.stages().getFirst().id());
        ahead.updateAndGet(by -> by.plusSeconds(2));
        one.bean(LiveDrops.class).changed();
        List<CollectorId> people = collectors(2);
        assertThat(claim(one, hers, people.getFirst(), 1)).isInstanceOf(Claiming.Claimed.class);
        assertThat(claim(one, theirs, people.getLast(), 1)).isInstanceOf(Claiming.Claimed.class);
        assertThat(database.jdbc()
                        .sql("select collectible_id from claims where drop_id = :drop")
                        .param("drop", id.value())
                        .query(UUID.class)
                        .list())
                .containsExactly(fog.value());
        assertThat(stock().available()).isEqualTo(9);
        Drop second = published("second", Duration.ZERO, 1, null, null);
        assertThatThrownBy(() -> bears(second.id(), hers.stages().getFirst().id()))
                .as("in one brand the database refuses it")
                .hasMessageContaining("drop_stages_once");
    }

    private void bears(DropId drop, UUID stage) {
        database.jdbc()
                .sql("update drop_stages set stage_id = :stage where drop_id = :drop")
                .param("stage", stage)
                .param("drop", drop.value())
                .update();
    }

    @Test
    void aDropThatWasPublishedOnAnotherNodeAMomentAgoIsThereAtOnce() {
        two.bean(LiveDrops.class).changed();
        assertThat(two.bean(LiveDrops.class).published("at-once"))
                .as("the other node has just looked")
                .isNull();
        Drop drop = published("at-once", Duration.ofHours(1), 1, null, null);
        assertThat(requireNonNull(two.bean(LiveDrops.class).look(drop, now())).phase())
                .isEqualTo(LiveDrops.Phase.ANNOUNCED);
        published("as-fast", Duration.ofHours(1), 1, null, null);
        assertThat(new Browser(two.address()).get("/d/as-fast/state.json").body())
                .contains("\"phase\":\"announced\"");
        one.bean(DropPlans.class).draft(lumen, "draft", new DropDraft(MOONRISE, MOONRISE, List.of()));
        assertThat(new Browser(two.address()).get("/d/draft/state.json").statusCode())
                .isEqualTo(404);
    }

    @Test
    void twoNodesOneCollector() {
        Drop drop = published(1, null, null);
        CollectorId ada = collectors(1).getFirst();
        List<Callable<Claiming>> tries = new ArrayList<>();
        for (int n = 1; n <= 12; n++) {
            int nth = n;
            tries.add(() -> claim(one, drop, ada, nth));
            tries.add(() -> claim(two, drop, ada, nth));
        }
        List<Claiming> ended = together(tries);
        assertThat(new TreeSet<>(serials(ended))).containsExactly(1);
        assertThat(ended)
                .as("more at once than she may have are sent away")
                .allMatch(e -> e instanceof Claiming.Claimed
                        || e.code().equals("drop.limit-reached")
                        || e.code().equals("drop.busy"));
        CollectorId bo = collectors(2).getLast();
        Claim his = ((Claiming.Claimed) claim(two, drop, bo, 1)).claim();
        assertThat(his.serial()).as("nobody was skipped by it").isEqualTo(2);
        assertThat(claim(one, drop, bo, 1)).isEqualTo(new Claiming.Claimed(his, true));
    }

    @Test
    void nobodyIsExcludedWhoBoughtFirst() {
        Drop drop = published(1, null, null);
        List<CollectorId> people = collectors(50);
        List<CollectorId> first = people.subList(0, 10);
        for (CollectorId who : first) {
            assertThat(claim(first.indexOf(who) % 2 == 0 ? one : two, drop, who, 1))
                    .isInstanceOf(Claiming.Claimed.class);
        }
        List<Claiming> ended = together(people.stream()
                .<Callable<Claiming>>map(who -> () -> claim(who.hashCode() % 2 == 0 ? one : two, drop, who, 1))
                .toList());
        drain();
        for (int n = 0; n < first.size(); n++) {
            assertThat(ended.get(n))
                    .as("whoever came before the crowd hears it in the crowd as well")
                    .isInstanceOf(Claiming.Claimed.class);
            assertThat(one.bean(Pieces.class)
                            .find(new PieceNumber(moonrise, n + 1))
                            .orElseThrow()
                            .owner())
                    .as("the number in the order in which they came")
                    .isEqualTo(first.get(n));
        }
        assertThat(ended.subList(10, 50)).allMatch(e -> e instanceof Claiming.SoldOut);
    }

    @Test
    void aWinnersRetryAfterSellOut() {
        Drop drop = published(1, 1, null);
        List<CollectorId> people = collectors(2);
        String pass = pass(one, drop, people.getFirst());
        String other = pass(one, drop, people.getLast());
        assertThat(one.bean(Claims.class).claim(pass, 1)).isInstanceOf(Claiming.Claimed.class);
        for (TestServer node : List.of(one, two)) {
            assertThat(node.bean(Claims.class).claim(other, 1)).isInstanceOf(Claiming.SoldOut.class);
            assertThat(node.bean(Claims.class).claim(pass, 1)).isInstanceOfSatisfying(Claiming.Claimed.class, again -> {
                assertThat(again.again()).isTrue();
                assertThat(again.claim().serial()).isEqualTo(1);
            });
            assertThat(node.bean(Claims.class).claim(other, 1)).isInstanceOf(Claiming.SoldOut.class);
        }
        ahead.set(Duration.ofDays(3)); // the stage is closed and her pass has ended
        one.bean(LiveDrops.class).changed();
        assertThat(one.bean(Claims.class).claim(pass, 1)).isInstanceOf(Claiming.Claimed.class);
        assertThat(one.bean(Claims.class).claim(other, 1)).isInstanceOf(Claiming.Closed.class);
    }

    @Test
    void whatComesBackNeverReopensAStageThatSoldOut() {
        Drop drop = published(1, null, null);
        List<CollectorId> people = collectors(11);
        for (CollectorId who : people.subList(0, 10)) claim(one, drop, who, 1);
        drain();
        one.bean(TransactionTemplate.class).executeWithoutResult(s -> one.bean(Drops.class)
                .takeBack(List.of(new PieceNumber(moonrise, 4)), "returned"));
        assertThat(stock().available()).isEqualTo(1);
        two.bean(LiveDrops.class).changed();
        assertThat(claim(one, drop, people.getLast(), 1)).isInstanceOf(Claiming.SoldOut.class);
        assertThat(claim(two, drop, people.getLast(), 1)).isInstanceOf(Claiming.SoldOut.class);
    }

    @Test
    void beforeItOpensWhilePausedAndWithoutAPassNobodyTakesAnything() {
        CollectorId ada = collectors(1).getFirst();
        Drop later = published("later", Duration.ofHours(1), 1, null, null);
        assertThat(claim(one, later, ada, 1)).isInstanceOf(Claiming.NotOpen.class);
        ahead.set(Duration.ofMinutes(61));
        one.bean(LiveDrops.class).changed();
        assertThat(one.bean(DropPlans.class).pause(later.id(), new Bilingual("稍等", "Wait")))
                .isInstanceOf(DropPlans.Turn.Done.class);
        assertThat(claim(two, later, ada, 1)).isInstanceOf(Claiming.Paused.class);
        assertThat(one.bean(DropPlans.class).resume(later.id())).isInstanceOf(DropPlans.Turn.Done.class);
        String pass = pass(one, later, ada);
        String forged = pass.substring(0, 30) + (pass.charAt(30) == 'A' ? 'B' : 'A') + pass.substring(31);
        assertThat(one.bean(Claims.class).claim(forged, 1)).isInstanceOf(Claiming.NotAdmitted.class);
        assertThat(one.bean(Claims.class).claim("", 1)).isInstanceOf(Claiming.NotAdmitted.class);
        assertThat(one.bean(Claims.class).claim(pass, 0)).isInstanceOf(Claiming.NotAdmitted.class);
        assertThat(stock().available()).isEqualTo(10);
        ahead.set(Duration.ofMinutes(95));
        one.bean(LiveDrops.class).changed();
        assertThat(one.bean(Claims.class).claim(pass, 1))
                .as("a pass of half an hour ago")
                .isInstanceOf(Claiming.NotAdmitted.class);
    }

    @Test
    void aListenerHearsOnceThatADropWasPublishedSoldOutAndEnded() {
        Drop drop = published(1, 1, null);
        claim(one, drop, collectors(1).getFirst(), 1);
        drain();
        two.bean(Jobs.class).drain();
        assertThat(heard()).containsExactly("drop.published", "drop.sold-out");
        ahead.set(Duration.ofDays(2));
        two.bean(Jobs.class).drain();
        drain();
        assertThat(heard()).containsExactly("drop.published", "drop.sold-out", "drop.ended");
        Drop byHand = published("by-hand", Duration.ofHours(1), 1, null, null);
        one.bean(DropPlans.class).end(byHand.id());
        drain();
        assertThat(heard()).endsWith("drop.published", "drop.ended").hasSize(5);
    }

    @Test
    void aListLetsInWhoIsOnIt() {
        DropDraft.StageDraft stage = stage(Duration.ZERO, 1, null, null, "list");
        Drop drop = publish("for-guests", stage);
        CollectorId ada = collectors(2).getFirst();
        CollectorId bo = collectors(2).getLast();
        assertThat(one.bean(Entrances.class).enter(drop, ada)).isInstanceOf(Entrance.NotEligible.class);
        Guests guests = one.bean(Guests.class);
        guests.begin(
                ((Guests.Reading.Read)
                                guests.read(drop, drop.stages().getFirst().id(), Stream.of("buyer0@home.example")))
                        .file(),
                false);
        while (guests.run()) {
            // the next thousands
        }
        assertThat(claim(one, drop, ada, 1)).isInstanceOf(Claiming.Claimed.class);
        assertThat(one.bean(Entrances.class).enter(drop, bo)).isInstanceOf(Entrance.NotEligible.class);
    }

    @Test
    void aStageForMembersLetsInWhoIsInTheBrandsList() {
        Drop drop = publish("for-members", stage(Duration.ZERO, 1, null, null, "members"));
        CollectorId ada = collectors(2).getFirst();
        CollectorId bo = collectors(2).getLast();
        assertThat(one.bean(Entrances.class).enter(drop, ada)).isInstanceOf(Entrance.NotEligible.class);
        one.bean(vitrine.identity.Members.class).add(drop.id().brand(), List.of(buyer(0)));
        assertThat(claim(one, drop, ada, 1)).isInstanceOf(Claiming.Claimed.class);
        assertThat(one.bean(Entrances.class).enter(drop, bo)).isInstanceOf(Entrance.NotEligible.class);
    }

    @Test
    void whatIsLongOverIsReadOnceAndStaysKnown() {
        Drop drop = published(1, 1, null);
        CollectorId ada = collectors(1).getFirst();
        claim(one, drop, ada, 1);
        String pass = pass(one, drop, ada);
        one.bean(DropPlans.class).end(drop.id());
        drain();
        LiveDrops lives = one.bean(LiveDrops.class);
        lives.changed();
        assertThat(lives.published("drop")).isNotNull();
        database.jdbc()
                .sql("update drops set name_en = 'Read again', told_end_at = told_end_at - interval '3 days'")
                .update();
        lives.changed();
        assertThat(requireNonNull(lives.published("drop")).name().en()).isEqualTo("Moonrise");
        assertThat(one.bean(Claims.class).claim(pass, 1)).isInstanceOf(Claiming.Claimed.class);
        lives.forget();
        assertThat(requireNonNull(lives.published("drop")).name().en())
                .as("a node that starts")
                .isEqualTo("Read again");
    }

    @Test
    void eachEndingHasItsStatusAndItsCodeAtTheDoor() {
        List<CollectorId> people = collectors(2);
        CollectorId ada = people.getFirst();
        CollectorId bo = people.getLast();
        Drop open = published("open", Duration.ZERO, 1, null, null);
        Drop chosen = publish("chosen", chosen(null));
        Drop held = published("held", Duration.ZERO, 1, 1, Duration.ofMinutes(10));
        Drop soldOut = published("sold-out", Duration.ZERO, 1, 1, null);
        Drop paused = published("paused", Duration.ZERO, 1, 1, null);
        Drop ended = published("ended", Duration.ZERO, 1, 1, null);
        Drop later = published("later", Duration.ofHours(1), 1, 1, null);
        Drop coded = publish("coded", stage(Duration.ZERO, 1, 1, null, "code"));
        String code = code(coded, 1);
        String bosPaused = pass(one, paused, bo);
        String bosEnded = pass(one, ended, bo);
        one.bean(DropPlans.class).pause(paused.id(), new Bilingual("稍等", "Wait"));
        one.bean(DropPlans.class).end(ended.id());
        one.bean(LiveDrops.class).changed();

        assertThat(says(pass(one, open, ada), 1, "", 200, "drop.claimed")).doesNotContain("again");
        assertThat(says(pass(one, open, ada), 1, "", 200, "drop.claimed")).contains("\"again\":true");
        says(pass(one, open, ada), 2, "", 409, "drop.limit-reached");
        says(pass(one, held, ada), 1, "", 200, "drop.held");
        says(pass(one, held, bo), 1, "", 409, "drop.all-held");
        says(pass(one, soldOut, ada), 1, "", 200, "drop.claimed");
        says(pass(one, soldOut, bo), 1, "", 409, "drop.sold-out");
        says(bosPaused, 1, "", 409, "drop.paused");
        says(bosEnded, 1, "", 409, "drop.closed");
        says(pass(one, later, bo), 1, "", 409, "drop.not-open");
        says(pass(one, coded, ada), 1, ",\"code\":\"" + code + "\"", 200, "drop.claimed");
        says(pass(one, coded, bo), 1, ",\"code\":\"" + code + "\"", 409, "drop.code-used");
        says(pass(one, coded, bo), 1, "", 409, "drop.code-unknown");
        says(pass(one, chosen, ada), 1, ",\"unit\":7", 200, "drop.claimed");
        says(pass(one, chosen, bo), 1, ",\"unit\":7", 409, "drop.unit-taken");
        says(pass(one, chosen, bo), 1, "", 409, "drop.unit-wanted");
        says("nobody's", 1, "", 403, "drop.not-admitted");
        says(pass(one, open, bo), 0, "", 400, "drop.claim-malformed");
        ahead.updateAndGet(by -> by.plus(Duration.ofMinutes(11)));
        drain();
        says(pass(one, held, ada), 1, "", 409, "drop.hold-expired");
    }

    /** Returns the body. */
    private String says(String pass, int nth, String more, int status, String code) {
        HttpResponse<String> answer = post(one, "{\"pass\":\"%s\",\"n\":%d%s}".formatted(pass, nth, more));
        assertSays(answer, status, code);
        return answer.body();
    }

    /** One stage after the other, of the same ten. */
    private DropDraft inTurn(@Nullable Integer first, @Nullable Integer second) {
        DropDraft.StageDraft earlier = stage(Duration.ofHours(1), 1, first, null, "everyone");
        return new DropDraft(
                MOONRISE, MOONRISE, List.of(earlier, stage(Duration.ofHours(26), 1, second, null, "everyone")));
    }

    @Test
    void anUnfinishedPlanSaysWhatItLacksAndAPublishedOneStaysAsItIs() {
        DropPlans plans = one.bean(DropPlans.class);
        var empty = new DropDraft(new Bilingual("", ""), MOONRISE, List.of());
        DropId id = ((DropPlans.Drafting.Drafted) plans.draft(lumen, "night-drop", empty)).id();
        assertThat(plans.publish(id))
                .isInstanceOfSatisfying(DropPlans.Publishing.Unfinished.class, no -> assertThat(no.problems())
                        .extracting(DropPlans.Problem::code)
                        .containsExactly("drop.no-name", "drop.no-stage"));
        assertThat(plans.draft(lumen, "night-drop", empty)).isInstanceOf(DropPlans.Drafting.SlugTaken.class);
        var tooMany = new DropDraft(MOONRISE, MOONRISE, List.of(stage(Duration.ofHours(1), 1, 11, null, "everyone")));
        assertThat(plans.check(lumen, tooMany))
                .extracting(DropPlans.Problem::code)
                .containsExactly("drop.cap");
        assertThat(plans.check(lumen, inTurn(6, 5)))
                .as("both together promise more than there is")
                .containsExactly(new DropPlans.Problem("drop.cap", "stages[1].cap", "4"));
        assertThat(plans.check(lumen, inTurn(6, 4))).isEmpty();
        assertThat(plans.check(lumen, inTurn(null, 4)))
                .as("it would give away what the next one announces")
                .containsExactly(new DropPlans.Problem("drop.cap-wanted", "stages[0].cap", "10"));
        assertThat(plans.check(lumen, inTurn(10, null)))
                .as("what is left, if anything")
                .isEmpty();
        assertThat(plans.check(
                        lumen,
                        new DropDraft(
                                MOONRISE,
                                MOONRISE,
                                List.of(stage(Duration.ofHours(1), 1, 10, Duration.ofMinutes(10), "everyone")))))
                .as("nothing would ever confirm it")
                .extracting(DropPlans.Problem::code)
                .containsExactly("drop.hold-without-price");
        Drop drop = published(1, null, null);
        assertThat(plans.save(drop.id(), tooMany)).isFalse();
        assertThat(plans.publish(drop.id())).isInstanceOf(DropPlans.Publishing.NotADraft.class);
    }

    @Test
    void theHotStatementsReadNoTableFromEndToEnd() {
        Drop drop = published(1, null, null);
        List<CollectorId> people = collectors(6);
        claim(one, drop, people.getFirst(), 1); // on the empty table, where the plan is made and kept
        database.jdbc().sql("""
                insert into claims (brand_id, drop_id, collector_id, nth, claim_id, stage_id, claim_key, collectible_id, serial,
                    claimed_at, granted_at)
                select :brand, gen_random_uuid(), gen_random_uuid(), 1, gen_random_uuid(), gen_random_uuid(), 'k', gen_random_uuid(), n,
                    now(), now()
                from generate_series(1, 200000) n
                """).param("brand", lumen.value()).update();
        long before = scans("seq_scan");
        long looked = scans("idx_scan");
        for (CollectorId who : people.subList(1, 6)) {
            assertThat(claim(one, drop, who, 1)).isInstanceOf(Claiming.Claimed.class);
        }
        long until = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (scans("idx_scan") < looked + 10 && System.nanoTime() < until) {
            java.util.concurrent.locks.LockSupport.parkNanos(200_000_000);
        }
        assertThat(scans("idx_scan")).as("the counts have arrived").isGreaterThanOrEqualTo(looked + 10);
        assertThat(scans("seq_scan")).isEqualTo(before);
    }

    private long scans(String kind) {
        return database.jdbc()
                .sql("select sum(" + kind + ") from pg_stat_user_tables where relname in ('claims', 'claims_ended')")
                .query(Long.class)
                .single();
    }
}
