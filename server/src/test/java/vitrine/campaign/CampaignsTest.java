package vitrine.campaign;

import static org.assertj.core.api.Assertions.assertThat;
import static vitrine.campaign.Stage.at;
import static vitrine.campaign.Stage.day;
import static vitrine.campaign.Stage.plan;
import static vitrine.campaign.Stage.tier;
import static vitrine.campaign.Stage.with;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import vitrine.campaign.Campaigns.Turn;
import vitrine.campaign.Publication.NothingNew;
import vitrine.campaign.Publication.Published;
import vitrine.campaign.Publication.Unfinished;
import vitrine.campaign.Publication.WouldHurt;
import vitrine.campaign.rules.Problem;
import vitrine.campaign.rules.Verdict;
import vitrine.ledger.Ledger;
import vitrine.platform.Bilingual;
import vitrine.proof.Hash32;
import vitrine.proof.Json;
import vitrine.rulebook.Rules;

class CampaignsTest {

    private final Stage stage = Stage.of(10);
    private final Json.Obj lampOf300 = with(
            with(
                    stage.offer("amount", "order", tier(30_000, 1), tier(60_000, 3)),
                    "id",
                    Json.of(stage.id(7).toString())),
            "perCollector",
            Json.of(3));

    // publishing

    @Test
    void whatIsPublishedIsAVersionWhoseHashIsInTheLog() {
        CampaignId id = stage.draft("moonrise-nights", lampOf300);
        var published = (Published) stage.campaigns().publish(id);
        assertThat(published.version()).isEqualTo(1);
        var rules =
                stage.server.bean(Rules.class).newest(id.brand(), id.value()).orElseThrow();
        assertThat(Hash32.sha256(rules.document().bytes())).isEqualTo(published.sha256());
        stage.drain();
        var ledger = stage.server.bean(Ledger.class);
        var recorded =
                Objects.requireNonNull(ledger.places(List.of(rules.record())).get(rules.record()));
        assertThat(new String(ledger.entry(recorded), StandardCharsets.UTF_8))
                .contains("\"rules.published\"", published.sha256().hex());
        assertThat(stage.campaigns().publish(id)).isEqualTo(new NothingNew(1));
    }

    @Test
    void aDraftIsToldEverythingThatItLacksAtOnce() {
        var offer = with(
                with(lampOf300, "tiers", Json.of(List.of(tier(600, 3), tier(300, 4)))), "measure", Json.of("weight"));
        CampaignId id = stage.draft(
                stage.lumen, "half", with(with(plan(offer), "from", Json.of("")), "until", Json.of("tomorrow")));
        var unfinished = (Unfinished) stage.campaigns().publish(id);
        assertThat(unfinished.problems())
                .extracting(Problem::code, Problem::where)
                .contains(
                        org.assertj.core.groups.Tuple.tuple("campaign.no-from", "from"),
                        org.assertj.core.groups.Tuple.tuple("campaign.unreadable-date", "until"),
                        org.assertj.core.groups.Tuple.tuple("campaign.tiers-do-not-rise", "offers[0].tiers[1].from"),
                        org.assertj.core.groups.Tuple.tuple("campaign.not-a-choice", "offers[0].measure"));
        assertThat(stage.campaigns().campaign(id).version()).isZero();
    }

    @Test
    void aCampaignPromisesNoMoreThanTheSupply() {
        CampaignId id = stage.draft("greedy", with(lampOf300, "piecesMax", Json.of(11)));
        assertThat(((Unfinished) stage.campaigns().publish(id)).problems())
                .containsExactly(new Problem("campaign.more-than-the-supply", "offers[0].piecesMax", "11"));
    }

    @Test
    void anOfferBelongsToOneCampaign() {
        stage.publish("moonrise-nights", lampOf300);
        CampaignId copy = stage.draft("moonrise-again", lampOf300);
        assertThat(((Unfinished) stage.campaigns().publish(copy)).problems())
                .extracting(Problem::code)
                .containsExactly("campaign.offer-twice");
    }

    @Test
    void aBrandGivesItsOwnAndCountsItsOwn() {
        var other = stage.catalog()
                .addBrand(
                        vitrine.catalog.Brand.Kind.BRAND,
                        "heron" + stage.nth,
                        new Bilingual("鹭", "Heron"),
                        new Bilingual("", ""),
                        "plain");
        var theirs = with(
                with(
                        lampOf300,
                        "collectible",
                        Stage.collectible(new vitrine.catalog.CollectibleId(other, stage.id(9)))),
                "when",
                Json.object("brands", Json.of(List.of(Json.of(other.toString())))));
        assertThat(stage.campaigns().check(stage.lumen, plan(theirs)))
                .extracting(Problem::code)
                .containsExactlyInAnyOrder(
                        "campaign.collectible-of-another-brand", "campaign.brands-in-a-brands-campaign");
    }

    @Test
    void ordersOfTheWindowThatWerePaidBeforeThePublicationCount() {
        stage.hear(stage.order(1, "ada").lamp(30_000));
        assertThat(stage.states()).isEmpty();
        stage.publish("moonrise-nights", lampOf300);
        stage.match();
        assertThat(stage.entitlements("ada")).containsExactly("order:k1#1 pending");
    }

    // promise 8

    @Test
    void everyChangeThatHurtsIsRefusedByName() {
        CampaignId id = stage.publish("moonrise-nights", lampOf300);
        var plan = plan(lampOf300);
        assertThat(hurts(id, with(plan, "from", Json.of(at("2026-06-02T00:00").toString()))))
                .containsExactly("campaign.hurts-later-start");
        assertThat(hurts(id, with(plan, "until", Json.of(at("2026-06-18T00:00").toString()))))
                .containsExactly("campaign.hurts-earlier-end");
        assertThat(hurts(id, with(plan, "currency", Json.of("JPY")))).containsExactly("campaign.hurts-other-currency");
        assertThat(hurts(id, plan(with(lampOf300, "id", Json.of(stage.id(8).toString())))))
                .containsExactly("campaign.hurts-offer-gone");
        assertThat(hurts(id, changed("tiers", Json.of(List.of(tier(30_001, 1), tier(60_000, 3))))))
                .containsExactly("campaign.hurts-higher-threshold");
        assertThat(hurts(id, changed("tiers", Json.of(List.of(tier(30_000, 1), tier(60_000, 2))))))
                .containsExactly("campaign.hurts-higher-threshold");
        assertThat(hurts(id, changed("tiers", Json.of(List.of(tier(30_000, 1))))))
                .containsExactly("campaign.hurts-higher-threshold");
        assertThat(hurts(id, changed("perCollector", Json.of(2)))).containsExactly("campaign.hurts-smaller-limit");
        assertThat(hurts(id, changed("piecesMax", Json.of(9)))).containsExactly("campaign.hurts-fewer-pieces");
        assertThat(hurts(id, changed("waiting", Json.object("days", Json.of(1), "calendar", Json.of("cn")))))
                .containsExactly("campaign.hurts-longer-wait");
        assertThat(hurts(id, changed("when", Json.object("categories", Json.of(List.of(Json.of("shade")))))))
                .containsExactly("campaign.hurts-fewer-goods");
        assertThat(hurts(id, changed("measure", Json.of("quantity")))).containsExactly("campaign.hurts-other-measure");
        assertThat(hurts(id, changed("basis", Json.of("cumulative")))).containsExactly("campaign.hurts-other-basis");
        assertThat(hurts(id, changed("collectible", Stage.collectible(stage.publish(stage.lumen, "other", 10)))))
                .containsExactly("campaign.hurts-other-collectible");
        assertThat(stage.campaigns().campaign(id).version()).isEqualTo(1);
    }

    @Test
    void aStricterGiftPolicyHurtsAndAFreerOneDoesNot() {
        CampaignId id = stage.publish("moonrise-nights", with(lampOf300, "giftPolicy", Json.of("after-days:30")));
        assertThat(hurts(id, changed("giftPolicy", Json.of("never"))))
                .containsExactly("campaign.hurts-stricter-gift-policy");
        assertThat(hurts(id, changed("giftPolicy", Json.of("after-days:31"))))
                .containsExactly("campaign.hurts-stricter-gift-policy");
        assertThat(publishes(id, changed("giftPolicy", Json.of("after-days:7"))))
                .isEqualTo(2);
        assertThat(publishes(id, changed("giftPolicy", Json.of("free")))).isEqualTo(3);
    }

    @Test
    void aChangeForTheBetterIsTheNextVersionAndReachesEarlierOrders() {
        CampaignId id = stage.publish("moonrise-nights", lampOf300);
        stage.hear(stage.order(1, "ada").lamp(25_900));
        assertThat(stage.verdict(1)).isInstanceOf(Verdict.ShortOfTier.class);
        assertThat(publishes(id, changed("tiers", Json.of(List.of(tier(25_000, 1), tier(60_000, 3))))))
                .isEqualTo(2);
        stage.match();
        assertThat(stage.entitlements("ada")).containsExactly("order:k1#1 pending");
        assertThat(stage.verdict(1)).isInstanceOf(Verdict.Counted.class);
    }

    @Test
    void everyThreeHundredMayFollowATierOfThreeHundredAndNotTheOtherWayRound() {
        var tierOf300 = with(lampOf300, "tiers", Json.of(List.of(tier(30_000, 1))));
        CampaignId id = stage.publish("moonrise-nights", tierOf300);
        var members = new java.util.TreeMap<>(tierOf300.members());
        members.remove("tiers");
        members.put("every", Json.of(30_000));
        var every = new Json.Obj(members);
        assertThat(publishes(id, plan(every))).isEqualTo(2);
        assertThat(hurts(id, plan(tierOf300))).containsExactly("campaign.hurts-higher-threshold");
        assertThat(hurts(id, plan(with(every, "every", Json.of(30_001)))))
                .containsExactly("campaign.hurts-higher-threshold");
    }

    // turns

    @Test
    void whatIsPaidInAPauseEarnsNothingAndWhatWasEarnedStays() {
        stage.clock.moveTo(day(3));
        CampaignId id = stage.publish("moonrise-nights", lampOf300);
        stage.hear(stage.order(2, "ada").lamp(30_000));
        assertThat(stage.campaigns().pause(id, new Bilingual("", ""))).isInstanceOf(Turn.NoMessage.class);
        stage.campaigns().pause(id, new Bilingual("缺货，稍候", "Out of stock, back soon"));
        assertThat(stage.campaigns().campaign(id).pausedBecause())
                .isEqualTo(new Bilingual("缺货，稍候", "Out of stock, back soon"));
        stage.clock.moveTo(day(5));
        stage.campaigns().resume(id);
        stage.clock.moveTo(day(18));
        stage.hear(stage.order(4, "bo").lamp(30_000), stage.order(6, "cy").lamp(30_000));
        stage.hear(stage.again(2, "ada").lamp(30_000).received());
        stage.drain();
        assertThat(stage.entitlements("ada")).containsExactly("order:k2#1 granted");
        assertThat(stage.verdict(4)).isEqualTo(new Verdict.Paused(day(4), day(3)));
        assertThat(stage.entitlements("cy")).containsExactly("order:k6#1 pending");
    }

    @Test
    void aCampaignEndsBeforeItsDayOnlyWhereThatTakesNothing() {
        stage.clock.moveTo(day(5));
        CampaignId id = stage.publish("moonrise-nights", with(lampOf300, "piecesMax", Json.of(3)));
        stage.hear(stage.order(1, "ada").lamp(30_000));
        assertThat(stage.campaigns().end(id)).isEqualTo(new Turn.PromisedUntil(at("2026-06-19T00:00")));
        stage.hear(stage.order(2, "bo").lamp(60_000));
        assertThat(stage.campaigns().end(id)).isInstanceOf(Turn.Done.class);
        assertThat(stage.campaigns().campaign(id).state()).isEqualTo(Campaign.State.ENDED);
        stage.hear(stage.order(6, "cy").lamp(60_000));
        assertThat(stage.verdict(6)).isInstanceOf(Verdict.OutsideWindow.class);
    }

    @Test
    void aCampaignNobodyTookPartInMayBeWithdrawn() {
        CampaignId id = stage.publish("moonrise-nights", lampOf300);
        assertThat(stage.campaigns().end(id)).isInstanceOf(Turn.Done.class);
    }

    @Test
    void whenItsWindowIsOverACampaignEndsAndLateMessagesStillCount() {
        CampaignId id = stage.publish("moonrise-nights", lampOf300);
        stage.clock.moveTo(at("2026-06-19T00:00"));
        stage.run("campaign-ends");
        assertThat(stage.campaigns().campaign(id).state()).isEqualTo(Campaign.State.ENDED);
        stage.hear(stage.order(18, "ada").lamp(30_000));
        assertThat(stage.entitlements("ada")).containsExactly("order:k18#1 pending");
    }

    private Json.Obj changed(String member, Json value) {
        return plan(with(lampOf300, member, value));
    }

    private List<String> hurts(CampaignId id, Json.Obj plan) {
        stage.campaigns().save(id, plan);
        return ((WouldHurt) stage.campaigns().publish(id))
                .hurts().stream().map(Hurt::code).toList();
    }

    private int publishes(CampaignId id, Json.Obj plan) {
        stage.campaigns().save(id, plan);
        return ((Published) stage.campaigns().publish(id)).version();
    }
}
