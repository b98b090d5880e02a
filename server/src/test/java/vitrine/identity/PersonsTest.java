package vitrine.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import vitrine.identity.Persons.Confirming;
import vitrine.platform.BuyerKeys;
import vitrine.platform.Jobs;
import vitrine.platform.messages.Carrier;
import vitrine.testing.PersonDesk;
import vitrine.testing.TestDatabase;
import vitrine.testing.TestServer;

/** Somebody outside says that two accounts are one human's; nothing else about anybody comes here. */
class PersonsTest {

    private static final HandMovedClock clock = new HandMovedClock();
    private static final Postbox postbox = new Postbox();
    private static TestDatabase database;
    private static TestServer server;
    private static Persons persons;

    @BeforeAll
    static void open() {
        database = TestDatabase.fresh();
        server = Identities.server(database, PersonDesk.SETTINGS, beans -> {
            beans.registerBean(Clock.class, () -> clock);
            beans.registerBean(Carrier.class, () -> postbox);
        });
        persons = server.bean(Persons.class);
    }

    @AfterAll
    static void close() {
        server.close();
        database.close();
    }

    @Test
    void whoConfirmsComesBackToHerAccountWhichSaysSoAndHowOldSheIsAtLeast() {
        Browser ada = new Browser(server.address());
        ada.post("/sign-in", Map.of("address", "ada@home.example", "to", "/me"));
        server.bean(Jobs.class).drain();
        ada.post("/sign-in/sent", Map.of("code", postbox.code()));
        assertThat(ada.get("/me/account?lang=en").body()).contains("href=\"/me/account/person\"");
        URI sent = location(ada.get("/me/account/person"));
        assertThat(sent.toString()).startsWith(PersonDesk.URL + "?state=");
        String back = PersonDesk.back(sent, "Ada", 18, clock.instant());
        assertThat(location(ada.get(back)).toString()).endsWith("/me/account?person=confirmed#person");
        assertThat(ada.get("/me/account?lang=en").body())
                .contains("Confirmed on", "aged 18 or more")
                .doesNotContain("href=\"/me/account/person\"");
        assertThat(ada.get("/me/data?lang=en").body()).contains("aged 18 or more");
        assertThat(location(ada.get(back)).toString()).endsWith("person=answered-before#person");
        assertThat(ada.get("/me/account?lang=en&person=answered-before").body())
                .contains("That answer was taken before.");
        assertThat(ada.get("/me/account?lang=zh&person=too-late").body()).contains("超过了十分钟");
    }

    @Test
    void whoWantedToEnterADropComesBackToTheDropAndNowhereElse() {
        CollectorId ada = collector("drop");
        Browser guest = new Browser(server.address());
        assertThat(guest.get("/me/account/person").statusCode())
                .as("nobody is signed in")
                .isEqualTo(302);
        URI sent = persons.ask(ada, URI.create("http://localhost/me/account/person/answer?to=/d/night"), "en");
        assertThat(PersonDesk.back(sent, "Ada", 18, clock.instant()))
                .startsWith("/me/account/person/answer?to=/d/night&state=");
    }

    @Test
    void anAnswerThatIsForgedForAnotherOrChangedOnTheWayIsRefused() {
        CollectorId ada = collector("forged");
        String state = ask(ada);
        Map<String, String> good = PersonDesk.answer(state, "Ada", 16, clock.instant());
        for (var change : Map.of("age", "18", "person", "0".repeat(32), "at", "1", "mac", "AAAA")
                .entrySet()) {
            Map<String, String> changed = new HashMap<>(good);
            changed.put(change.getKey(), change.getValue());
            assertThat(persons.confirm(ada, state, changed)).isInstanceOf(Confirming.NotGood.class);
        }
        assertThat(persons.confirm(ada, state, Map.of())).isInstanceOf(Confirming.NotGood.class);
        assertThat(persons.confirm(ada, "", good)).isInstanceOf(Confirming.NotGood.class);
        assertThat(persons.confirm(collector("friend"), state, good))
                .as("the answer that another collector got")
                .isInstanceOf(Confirming.NotGood.class);
        assertThat(persons.of(ada)).isEmpty();
        assertThat(persons.confirm(ada, state, good)).isInstanceOf(Confirming.Done.class);
    }

    @Test
    void anAnswerIsTakenOnceAndWithinTenMinutes() {
        CollectorId ada = collector("late");
        String early = ask(ada);
        clock.push(Duration.ofMillis(5));
        String state = ask(ada);
        Map<String, String> answer = PersonDesk.answer(state, "Ada", 18, clock.instant());
        assertThat(persons.confirm(ada, state, answer)).isInstanceOf(Confirming.Done.class);
        assertThat(persons.confirm(ada, state, answer)).isInstanceOf(Confirming.AnsweredBefore.class);
        assertThat(persons.confirm(ada, early, PersonDesk.answer(early, "Ada", 18, clock.instant())))
                .as("an older question")
                .isInstanceOf(Confirming.AnsweredBefore.class);
        String next = ask(ada);
        Map<String, String> said = PersonDesk.answer(next, "Ada", 18, clock.instant());
        clock.push(Duration.ofMinutes(11));
        assertThat(persons.confirm(ada, next, said)).isInstanceOf(Confirming.TooLate.class);
        assertThat(persons.confirm(ada, next, PersonDesk.answer(next, "Ada", 18, clock.instant())))
                .as("a question of eleven minutes ago, answered now")
                .isInstanceOf(Confirming.TooLate.class);
    }

    @Test
    void twoAccountsOfOneHumanHaveOneKeyWhichIsAnotherForEachDrop() {
        CollectorId ada = confirmed("one", "Ada");
        CollectorId again = confirmed("two", "Ada");
        CollectorId bo = confirmed("three", "Bo");
        var drop = java.util.UUID.fromString("0193a000-0000-7000-8000-00000000000a");
        var other = java.util.UUID.fromString("0193a000-0000-7000-8000-00000000000b");
        assertThat(persons.keyFor(ada, drop)).hasSize(16).isEqualTo(persons.keyFor(again, drop));
        assertThat(persons.keyFor(ada, drop)).isNotEqualTo(persons.keyFor(bo, drop));
        assertThat(persons.keyFor(ada, drop)).isNotEqualTo(persons.keyFor(ada, other));
        String state = ask(ada);
        assertThat(persons.confirm(ada, state, PersonDesk.answer(state, "Bo", 18, clock.instant())))
                .as("an account is one human's for good")
                .isInstanceOf(Confirming.AnotherHuman.class);
    }

    @Test
    void whoErasesHerAccountLeavesNothingOfIt() {
        CollectorId ada = confirmed("erased", "Erased");
        String state = ask(ada);
        server.bean(Departures.class).erase(ada);
        assertThat(persons.of(ada)).isEmpty();
        persons.confirm(ada, state, PersonDesk.answer(state, "Erased", 18, clock.instant()));
        assertThat(persons.of(ada)).as("an answer that comes after it").isEmpty();
    }

    private static CollectorId confirmed(String account, String human) {
        CollectorId who = collector(account);
        String state = ask(who);
        assertThat(persons.confirm(who, state, PersonDesk.answer(state, human, 18, clock.instant())))
                .isInstanceOf(Confirming.Done.class);
        return who;
    }

    private static CollectorId collector(String account) {
        return server.bean(Collectors.class)
                .signedIn(
                        server.bean(BuyerKeys.class)
                                .email(account + "@accounts.example")
                                .orElseThrow(),
                        "en");
    }

    private static String ask(CollectorId who) {
        clock.push(Duration.ofMillis(2));
        return PersonDesk.asked(persons.ask(who, URI.create("http://localhost/back"), "en"))
                .getOrDefault("state", "");
    }

    private static URI location(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).isEqualTo(303);
        return URI.create(answer.headers().firstValue("Location").orElseThrow());
    }
}
