package vitrine.drop;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import vitrine.drop.DropDraft.StageDraft;
import vitrine.identity.Colleagues;
import vitrine.identity.CollectorId;
import vitrine.payment.PayTown;
import vitrine.payment.Way;
import vitrine.platform.messages.Message;

/** In a race nobody waits: whom staff doubt there they hold between the claim and the piece, and she hears why and answers. */
class HeldClaimsTest {

    private static final Way ALIPAY = Way.ALIPAY_PAGE;

    private static PayTown town;

    @BeforeAll
    static void open() {
        town = new PayTown();
    }

    @AfterAll
    static void close() {
        town.close();
    }

    @Test
    void whoIsHeldInARaceSaysWhyItIsAMistakeAndIsLetGoOrRefused() throws Exception {
        Saleroom room = new Saleroom(town, "doubted", 3);
        Visitor wen = Visitor.hired(town, room.lumen, "wen", Colleagues.Role.TEAM);
        CollectorId ada = room.somebody("ada");
        CollectorId bo = room.somebody("bo");
        room.opens(ALIPAY);
        Claim adas = room.claims(ada, 1);
        Claim bos = room.claims(bo, 1);
        String desk = "/desk/lumen/drops/doubted-sale/line";
        assertThat(wen.page(desk))
                .contains("Who came", "Nobody waits in this stage", "How suddenly they came")
                .doesNotContain("From which networks");
        Instant minute = claimedAt(adas).truncatedTo(ChronoUnit.MINUTES);
        assertThat(wen.page(desk)).contains("value=\"" + minute + "\"");
        String moment = wen.lands(desk, desk, Map.of("do", "moment", "what", minute.toString()));
        assertThat(moment).contains("Very many came in the same moment.", "2 are held.");
        HttpResponse<String> again = wen.sends(desk, desk, Map.of("do", "young", "what", "PT1H"));
        assertThat(again.body()).contains("Nobody was held");
        town.pays(room.begins(ada, adas, ALIPAY));
        town.pays(room.begins(bo, bos, ALIPAY));
        town.drain();
        assertThat(room.stock().granted())
                .as("nothing is granted before somebody has looked")
                .isZero();

        Visitor she = Visitor.signedIn(town, "ada@example.com");
        String drop = "/d/doubted-sale";
        Instant until = claimedAt(adas).plus(Reviews.DECIDED_WITHIN);
        assertThat(she.page(drop))
                .contains(
                        "Somebody is looking at this claim",
                        "Very many came in the same moment.",
                        "If nobody has decided by")
                .contains(String.valueOf(
                        until.atZone(java.time.ZoneId.of("Asia/Shanghai")).getDayOfMonth()));
        assertThat(she.lands(drop, drop + "/appeal", Map.of("words", "We all sit in one dormitory.")))
                .contains("Your words were sent.")
                .doesNotContain("name=\"words\"");
        assertThat(wen.page(desk)).contains("We all sit in one dormitory.");
        assertThat(wen.lands(desk, desk, Map.of("do", "release " + ada.value())))
                .contains("1 is held.");
        assertThat(wen.sends(desk, desk, Map.of("do", "release " + ada.value())).body())
                .contains("decided before");
        town.drain();
        assertThat(room.stock().granted()).isEqualTo(1);

        assertThat(wen.page(desk)).contains("can be refused from");
        assertThat(wen.sends(desk, desk, Map.of("do", "refuse " + bo.value())).body())
                .as("he heard of it a moment ago")
                .contains("She has not answered yet. She can be refused from");
        assertThat(town.server.bean(Reviews.class).appeal(room.open().id(), bo, "It was I."))
                .isTrue();
        assertThat(wen.page(desk)).doesNotContain("can be refused from");
        assertThat(wen.lands(desk, desk, Map.of("do", "refuse " + bo.value()))).contains("Nobody is held.");
        assertThat(wen.sends(desk, desk, Map.of("do", "refuse " + UUID.randomUUID()))
                        .statusCode())
                .isEqualTo(422);
        assertThat(wen.sends(desk, desk, Map.of("do", "refuse nobody")).statusCode())
                .isEqualTo(404);
        town.later(Duration.ofSeconds(5));
        assertThat(Visitor.signedIn(town, "bo@example.com").page(drop)).contains("This claim was refused");
        assertThat(room.mails("bo"))
                .anySatisfy(mail -> assertThat(mail.text()).contains("refused it. You are charged nothing."))
                .as("nobody leads her to what she does not get")
                .noneSatisfy(mail -> assertThat(mail.text()).contains("/p/doubted"));
        assertThat(room.stock().available()).isEqualTo(2);
        assertThat(wen.page("/desk/lumen/audit")).contains("let a held claim go", "refused a held claim");
    }

    @Test
    void aUnitThatIsRefusedAfterTheLastWasTakenIsForWhoeverIsThereStill() throws Exception {
        Saleroom room = new Saleroom(town, "doubted-last", 1);
        Visitor wen = Visitor.hired(town, room.lumen, "wen-last", Colleagues.Role.TEAM);
        CollectorId ada = room.somebody("ada-last");
        CollectorId bo = room.somebody("bo-last");
        room.opens(ALIPAY);
        Claim adas = room.claims(ada, 1);
        String desk = "/desk/lumen/drops/doubted-last-sale/line";
        Instant minute = claimedAt(adas).truncatedTo(ChronoUnit.MINUTES);
        wen.lands(desk, desk, Map.of("do", "moment", "what", minute.toString()));
        town.pays(room.begins(ada, adas, ALIPAY));
        town.later(Duration.ofSeconds(5));
        assertThat(room.stock().available()).isZero();
        assertThat(Visitor.signedIn(town, "bo-last@example.com").page("/d/doubted-last-sale"))
                .as("it may come back yet")
                .contains("data-phase=\"all-held\"");
        town.server.bean(Reviews.class).appeal(room.open().id(), ada, "It was I.");
        wen.lands(desk, desk, Map.of("do", "refuse " + ada.value()));
        town.later(Duration.ofSeconds(5));
        Claim bos = room.claims(bo, 1);
        town.pays(room.begins(bo, bos, ALIPAY));
        town.later(Duration.ofSeconds(5));
        assertThat(room.stock().granted()).isEqualTo(1);
        assertThat(Visitor.signedIn(town, "bo-last@example.com").page("/d/doubted-last-sale"))
                .as("nobody can give it back any more")
                .contains("data-phase=\"sold-out\"");
    }

    /** She paid, and there is nothing to look at yet: neither the page nor a mail says otherwise. */
    @ParameterizedTest
    @CsvSource({
        "en, It is yours, 'Paid, and being looked at', Somebody is looking at this claim, Your account was made shortly before., Send, Your purchase",
        "zh, 它是你的了, 已付款，正在核对, 这次领取正在核对, 你的账号刚注册不久。, 提交, 你买到了"
    })
    void whoPaidForWhatIsHeldHearsThatItIsLookedAtAndOnceItIsLetGoWhereHerPieceIs(
            String language, String yours, String lookedAt, String title, String reason, String send, String bought)
            throws Exception {
        String name = "held-" + language;
        Saleroom room = new Saleroom(town, name, 1);
        CollectorId ada = room.somebody(name, language);
        room.opens(ALIPAY);
        Claim claim = room.claims(ada, 1);
        Reviews reviews = town.server.bean(Reviews.class);
        assertThat(reviews.holdYoung(room.open().id(), room.open().stages().getFirst(), Duration.ofDays(30)))
                .isEqualTo(1);
        town.pays(room.begins(ada, claim, ALIPAY));
        town.drain();
        town.drain();
        Visitor she = Visitor.signedIn(town, name + "@example.com", language);
        String drop = "/d/" + name + "-sale";
        String pay = drop + "/pay/" + claim.id();
        String page = she.page(pay);
        assertThat(page)
                .contains("<h1>" + lookedAt + "</h1>", title, reason, "name=\"words\"", send, "№ 1")
                .as("what she writes is not taken from under her hands")
                .contains("data-every=\"30\"")
                .doesNotContain("http-equiv=\"refresh\"")
                .as("there is no such page yet")
                .doesNotContain(yours, "/p/" + name);
        assertThat(she.page(pay + "/state.json")).contains("looked-at");
        assertThat(letters(room, name)).singleElement().satisfies(mail -> {
            assertThat(mail.subject()).contains("№ 1").containsIgnoringCase(lookedAt);
            assertThat(mail.text()).contains("99.00").endsWith(drop).doesNotContain("/p/" + name);
        });

        assertThat(reviews.release(room.open().id(), ada)).isTrue();
        town.drain();
        town.drain();
        assertThat(she.page(pay))
                .contains("<h1>" + yours + "</h1>", "/p/" + name + "-1")
                .doesNotContain(title);
        assertThat(letters(room, name)).hasSize(2).first().satisfies(mail -> {
            assertThat(mail.subject()).contains(bought);
            assertThat(mail.text()).contains("/p/" + name + "-1", pay + "/withdraw");
        });
        assertThat(she.get("/p/" + name + "-1").statusCode()).isEqualTo(200);
    }

    /** She read that number 1 is hers, and nobody else would tell her that it is not, or not yet. */
    @Test
    void whoClaimedForNothingIsWrittenToWhenSomebodyLooksAtItAndWhenItIsRefused() {
        Saleroom room = new Saleroom(town, "held-free", 1);
        CollectorId ada = room.somebody("held-free");
        room.opens(ALIPAY, stage -> stage.held(null).at(null));
        room.claims(ada, 1);
        Reviews reviews = town.server.bean(Reviews.class);
        assertThat(reviews.holdYoung(room.open().id(), room.open().stages().getFirst(), Duration.ofDays(30)))
                .isEqualTo(1);
        town.drain();
        town.drain();
        assertThat(room.mails("held-free")).singleElement().satisfies(mail -> {
            assertThat(mail.subject()).contains("somebody is looking at your claim");
            assertThat(mail.text())
                    .contains("№ 1", "Your account was made shortly before.", "it is yours", "not refused before")
                    .endsWith("/d/held-free-sale");
        });
        assertThat(room.refuses(ada)).isEqualTo(new Reviews.Refusing.Refused());
        town.drain();
        town.drain();
        assertThat(room.mails("held-free")).hasSize(2).first().satisfies(mail -> {
            assertThat(mail.subject()).contains("your claim was refused");
            assertThat(mail.text()).contains("Your account was made shortly before.");
        });
    }

    /** Nothing is held any more, so there is nothing to wait for; that she was refused she hears whenever that was. */
    @Test
    void whoIsHeldAndLetsHerHoldEndReadsThatItIsOverAndNotThatSomebodyLooksAtIt() {
        Saleroom room = new Saleroom(town, "let-end", 1);
        CollectorId ada = room.somebody("let-end");
        room.opens(ALIPAY);
        Claim claim = room.claims(ada, 1);
        Reviews reviews = town.server.bean(Reviews.class);
        assertThat(reviews.holdYoung(room.open().id(), room.open().stages().getFirst(), Duration.ofDays(30)))
                .isEqualTo(1);
        Visitor she = Visitor.signedIn(town, "let-end@example.com");
        String pay = "/d/let-end-sale/pay/" + claim.id();
        assertThat(she.page(pay)).contains("Somebody is looking at this claim", "Your unit is held.", "name=\"words\"");
        town.later(Saleroom.HOLD.plusSeconds(1));
        town.later(Duration.ofSeconds(10));
        assertThat(she.page(pay))
                .contains("data-state=\"over\"", "The hold ended and nothing was charged.")
                .doesNotContain("Somebody is looking", "Your unit is held.", "name=\"words\"");
        assertThat(room.refuses(ada)).isEqualTo(new Reviews.Refusing.Refused());
        assertThat(she.page(pay)).contains("nothing was charged", "This claim was refused");
    }

    /** Else she would be looked at every few seconds, and counted at the desk, for good. */
    @Test
    void whoIsHeldAndClaimsNothingIsLetGoThreeDaysAfterTheDropsEnd() {
        Saleroom room = new Saleroom(town, "nothing", 1);
        CollectorId ada = room.somebody("nothing");
        room.opens(ALIPAY);
        room.claims(ada, 1);
        Reviews reviews = town.server.bean(Reviews.class);
        DropId drop = room.open().id();
        assertThat(reviews.holdYoung(drop, room.open().stages().getFirst(), Duration.ofDays(30)))
                .isEqualTo(1);
        town.later(Saleroom.HOLD.plusSeconds(1));
        town.later(Duration.ofDays(2));
        town.later(Reviews.DECIDED_WITHIN.minusSeconds(1));
        assertThat(reviews.openCount(drop, Reviews.Filter.ALL)).isEqualTo(1);
        town.later(Duration.ofSeconds(10));
        assertThat(reviews.openCount(drop, Reviews.Filter.ALL)).isZero();
        assertThat(reviews.of(drop, ada).orElseThrow().decision()).isEqualTo(Reviews.Decision.RELEASED);
    }

    /** Nothing was too late and nothing was paid twice: the page says why her money comes back, as the mail does. */
    @Test
    void whoPaysForWhatWasRefusedInTheMeantimeReadsThatItComesBackForThat() throws Exception {
        Saleroom room = new Saleroom(town, "refused-paid", 1);
        CollectorId ada = room.somebody("refused-paid");
        room.opens(ALIPAY);
        Claim claim = room.claims(ada, 1);
        Reviews reviews = town.server.bean(Reviews.class);
        assertThat(reviews.holdYoung(room.open().id(), room.open().stages().getFirst(), Duration.ofDays(30)))
                .isEqualTo(1);
        var started = room.begins(ada, claim, ALIPAY);
        assertThat(room.refuses(ada)).isEqualTo(new Reviews.Refusing.Refused());
        town.pays(started);
        town.drain();
        town.later(Duration.ofSeconds(5));
        String pay = "/d/refused-paid-sale/pay/" + claim.id();
        assertThat(Visitor.signedIn(town, "refused-paid@example.com").page(pay))
                .contains("data-state=\"returned\"", "came in for a claim that was refused", "This claim was refused")
                .doesNotContain("your hold was over, or twice");
    }

    /** Her first piece is hers; what she claims after it can be doubted all the same, and has its own three days. */
    @Test
    void aPieceThatSheHasKeepsNobodyFromLookingAtHerNextClaim() throws Exception {
        Saleroom room = new Saleroom(town, "second-look", 2);
        CollectorId ada = room.somebody("second-look");
        room.opens(ALIPAY, HeldClaimsTest::twoEach);
        Claim first = room.buys(ada, ALIPAY);
        town.later(Duration.ofHours(30));
        Claim second = room.claims(ada, 2);
        Reviews reviews = town.server.bean(Reviews.class);
        assertThat(reviews.holdYoung(room.open().id(), room.open().stages().getFirst(), Duration.ofDays(30)))
                .isEqualTo(1);
        town.pays(room.begins(ada, second, ALIPAY));
        town.drain();
        town.later(Duration.ofHours(50));
        town.drain();
        Visitor she = Visitor.signedIn(town, "second-look@example.com");
        assertThat(she.page("/d/second-look-sale/pay/" + first.id())).contains("<h1>It is yours</h1>");
        assertThat(she.page("/d/second-look-sale/pay/" + second.id()))
                .as("three days from her second claim, not from her first")
                .contains("<h1>Paid, and being looked at</h1>");
        assertThat(room.refuses(ada)).isEqualTo(new Reviews.Refusing.Refused());
        assertThat(she.page("/d/second-look-sale/pay/" + first.id())).contains("<h1>It is yours</h1>");
        assertThat(room.stock().available()).isEqualTo(1);
        assertThat(room.stock().granted()).isEqualTo(1);
    }

    @Test
    void whoIsRefusedWherePeopleAreCountedComesInWithNoOtherAccount() {
        Saleroom room = new Saleroom(town, "one-human", 3);
        CollectorId ada = room.somebody("one-human");
        CollectorId herOther = room.somebody("her-other");
        CollectorId bo = room.somebody("another-human");
        confirmed(1, ada, herOther);
        confirmed(2, bo);
        room.opens(ALIPAY);
        // As where a provider confirms people, which this town has none of.
        town.db()
                .sql("update drop_stages set one_person = true where drop_id = :id")
                .param("id", room.open().id().value())
                .update();
        room.claims(ada, 1);
        Reviews reviews = town.server.bean(Reviews.class);
        assertThat(reviews.holdYoung(room.open().id(), room.open().stages().getFirst(), Duration.ofDays(30)))
                .isEqualTo(1);
        assertThat(room.refuses(ada)).isEqualTo(new Reviews.Refusing.Refused());
        Entrances entrances = town.server.bean(Entrances.class);
        Drop drop = town.server.bean(DropPlans.class).find(room.open().id()).orElseThrow();
        assertThat(entrances.enter(drop, ada)).isInstanceOf(Entrances.Entrance.Refused.class);
        assertThat(entrances.enter(drop, herOther)).isInstanceOf(Entrances.Entrance.Refused.class);
        assertThat(entrances.enter(drop, bo)).isInstanceOf(Entrances.Entrance.Admitted.class);
    }

    private static void confirmed(int human, CollectorId... accounts) {
        for (CollectorId account : accounts) {
            town.db()
                    .sql("""
                    insert into person_checks (collector_id, person_key, age_least, asked_at, confirmed_at)
                    values (:id, decode(lpad(cast(:human as text), 32, '0'), 'hex'), 18, now(), now())
                    """)
                    .param("id", account.value())
                    .param("human", human)
                    .update();
        }
    }

    private static StageDraft twoEach(StageDraft of) {
        return new StageDraft(
                of.id(),
                of.name(),
                of.collectible(),
                of.opensAt(),
                of.closesAt(),
                of.cap(),
                2,
                of.entry(),
                of.entryId(),
                of.holdMinutes(),
                of.giftPolicy(),
                of.chosen(),
                of.onePerson(),
                of.mode(),
                of.price(),
                of.cause(),
                of.promise());
    }

    /** Without those that she signs in with. */
    private static List<Message> letters(Saleroom room, String name) {
        return room.mails(name).stream()
                .filter(mail -> !mail.text().contains("/sign-in/"))
                .toList();
    }

    private static Instant claimedAt(Claim claim) {
        return town.db()
                .sql("select claimed_at from claims where claim_id = :id")
                .param("id", claim.id())
                .query(java.sql.Timestamp.class)
                .single()
                .toInstant();
    }
}
