package vitrine.drop;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import vitrine.drop.Entrances.Entrance;
import vitrine.identity.CollectorId;
import vitrine.identity.Persons;
import vitrine.platform.Bilingual;
import vitrine.testing.PersonDesk;
import vitrine.testing.TestServer;

/** How many one may have, and that whoever asks for more, or again and again, keeps nobody waiting. */
class ClaimLimitsTest extends TwoNodes {

    @Test
    void limitsUnderParallelRequests() throws IOException {
        Drop drop = published(3, null, null);
        CollectorId ada = collectors(1).getFirst();
        CollectorId bo = collectors(2).getLast();
        List<String> said = inOneBreath(pass(one, drop, ada), 40);
        assertThat(said.stream().filter(answer -> answer.contains("\"drop.claimed\"")))
                .as("tries of hers that all reach both nodes at once")
                .hasSize(3);
        assertThat(said.stream()
                        .filter(answer ->
                                answer.contains("\"drop.limit-reached\"") || answer.contains("\"drop.busy\"")))
                .hasSize(37);
        assertThat(claim(two, drop, ada, 41)).isInstanceOf(Claiming.LimitReached.class);
        assertThat(one.bean(Claims.class).of(drop.id(), ada))
                .extracting(Claim::serial)
                .containsExactlyInAnyOrder(1, 2, 3);
        assertThat(serials(List.of(claim(two, drop, bo, 1))))
                .as("nobody was skipped by it")
                .containsExactly(4);
    }

    /** Each try has a connection of its own; all but the last byte is there before the last bytes leave together. */
    private List<String> inOneBreath(String pass, int tries) throws IOException {
        List<Socket> sockets = new ArrayList<>();
        List<String> answers = new ArrayList<>();
        try {
            for (int n = 1; n <= tries; n++) {
                var socket = new Socket(
                        "127.0.0.1", (n % 2 == 0 ? one : two).address().getPort());
                sockets.add(socket);
                socket.setTcpNoDelay(true);
                socket.setSoTimeout(20_000);
                String body = "{\"pass\":\"%s\",\"n\":%d".formatted(pass, n);
                socket.getOutputStream()
                        .write(
                                "POST /api/drops/claims HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"
                                        .formatted(body.length() + 1, body)
                                        .getBytes(StandardCharsets.US_ASCII));
            }
            for (Socket socket : sockets) socket.getOutputStream().write('}');
            for (Socket socket : sockets)
                answers.add(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        } finally {
            for (Socket socket : sockets) socket.close();
        }
        return answers;
    }

    @Test
    void twoAccountsOfOneHumanGetOnePiece() {
        Drop drop = publish("one-each", forPeople(stage(Duration.ZERO, 1, null, null, "everyone")));
        CollectorId ada = collectors(3).getFirst();
        CollectorId adaAgain = collectors(3).get(1);
        CollectorId bo = collectors(3).getLast();
        assertThat(one.bean(Entrances.class).enter(drop, ada))
                .as("nobody has confirmed")
                .isInstanceOf(Entrance.PersonUnchecked.class);
        confirm(ada, "Ada");
        confirm(adaAgain, "Ada");
        confirm(bo, "Bo");
        List<Claiming> ended = together(IntStream.range(0, 12)
                .<Callable<Claiming>>mapToObj(
                        n -> () -> claim(n % 2 == 0 ? one : two, drop, n % 3 == 0 ? ada : adaAgain, 1))
                .toList());
        assertThat(new TreeSet<>(serials(ended))).containsExactly(1);
        assertThat(ended)
                .allMatch(e -> e instanceof Claiming.Claimed || e.code().equals("drop.limit-reached"));
        assertThat(serials(List.of(claim(one, drop, bo, 1)))).containsExactly(2);
    }

    private static DropDraft.StageDraft forPeople(DropDraft.StageDraft stage) {
        return new DropDraft.StageDraft(
                stage.id(),
                stage.name(),
                stage.collectible(),
                stage.opensAt(),
                stage.closesAt(),
                stage.cap(),
                stage.limit(),
                stage.entry(),
                stage.entryId(),
                stage.holdMinutes(),
                stage.giftPolicy(),
                stage.chosen(),
                true);
    }

    private void confirm(CollectorId who, String human) {
        Persons persons = one.bean(Persons.class);
        String state = PersonDesk.asked(persons.ask(who, URI.create("http://localhost/back"), "en"))
                .getOrDefault("state", "");
        assertThat(persons.confirm(who, state, PersonDesk.answer(state, human, 18, now())))
                .isInstanceOf(Persons.Confirming.Done.class);
    }

    @Test
    void whoPressesFourThousandTimesKeepsNobodyWaiting() throws Exception {
        Drop drop = published(1, null, null);
        List<CollectorId> people = collectors(3);
        CollectorId ada = people.getFirst();
        try (TestServer third = node(ahead, "off", "on")) {
            Claims claims = third.bean(Claims.class);
            List<CompletableFuture<ClaimWriter.Answer>> hers = new ArrayList<>();
            for (int n = 0; n < ClaimWriter.QUEUE_MAX; n++) hers.add(requireNonNull(take(third, drop, ada, 1)));
            assertThat(claims.waiting()).as("the same try is one").isEqualTo(1);
            assertThat(take(third, drop, ada, 2))
                    .as("one more than she may have")
                    .isNotNull();
            for (int n = 3; n < ClaimWriter.QUEUE_MAX; n++)
                assertThat(take(third, drop, ada, n)).isNull();
            var his = requireNonNull(take(third, drop, people.get(1), 1));
            // One human with more accounts than a batch is long.
            ClaimWriter writer = claims.writers().iterator().next();
            byte[] human = new byte[16];
            List<CompletableFuture<ClaimWriter.Answer>> many = new ArrayList<>();
            for (int n = 0; n < 2 * ClaimWriter.BATCH_MAX; n++)
                many.add(requireNonNull(writer.offer(UUID.randomUUID(), new byte[] {1}, human, 1, null, null)));
            var last = requireNonNull(take(third, drop, people.getLast(), 1));
            writer.writeNext();
            assertThat(his.isDone())
                    .as("whoever came behind her is in the first batch")
                    .isTrue();
            assertThat(last.isDone())
                    .as("and who came behind the many accounts")
                    .isTrue();
            many.forEach(each -> each.cancel(false));
            assertThat(outcomes(hers)).containsOnlyOnce(ClaimSql.Outcome.TAKEN);
            assertThat(outcomes(hers.subList(1, hers.size()))).containsOnly(ClaimSql.Outcome.AGAIN);
            while (claims.waiting() > 0) writer.writeNext();
        }
        assertThat(one.bean(Claims.class).of(drop.id(), ada)).hasSize(1);
    }

    @Test
    void whatNobodyWaitsForAnyMoreIsNotMadeAndWhoComesAgainHasKeptHerPlace() throws Exception {
        Drop drop = published(1, null, null);
        List<CollectorId> people = collectors(3);
        try (TestServer third = node(ahead, "off", "on")) {
            requireNonNull(take(third, drop, people.getFirst(), 1)).cancel(false);
            requireNonNull(take(third, drop, people.get(1), 1)).cancel(false);
            var other = requireNonNull(take(third, drop, people.getLast(), 1));
            var again = requireNonNull(take(third, drop, people.get(1), 1));
            third.bean(Claims.class).writers().iterator().next().writeNext();
            assertThat(requireNonNull(requireNonNull(again.get().written()).claim())
                            .serial())
                    .as("before who came after her")
                    .isEqualTo(1);
            assertThat(requireNonNull(requireNonNull(other.get().written()).claim())
                            .serial())
                    .isEqualTo(2);
        }
        assertThat(one.bean(Claims.class).of(drop.id(), people.getFirst()))
                .as("she heard that nothing was taken, and nothing was")
                .isEmpty();
    }

    @Test
    void whoIsRefusedAgainAndAgainWhileItIsFullPausedOrMistypedIsNotLookedUpEachTime() {
        Drop paused = published("paused", Duration.ZERO, 1, null, null);
        Drop coded = publish("coded", stage(Duration.ZERO, 1, null, null, "code"));
        Drop chosen = publish("chosen", chosen(null));
        Drop full = published("full", Duration.ZERO, 1, 1, Duration.ofMinutes(10));
        List<CollectorId> people = collectors(4);
        claim(one, full, people.getFirst(), 1);
        one.bean(DropPlans.class).pause(paused.id(), new Bilingual("稍等", "Wait"));
        one.bean(LiveDrops.class).changed();
        for (Map.Entry<Drop, String> each : Map.of(
                        paused,
                        "drop.paused",
                        full,
                        "drop.all-held",
                        coded,
                        "drop.code-unknown",
                        chosen,
                        "drop.unit-wanted")
                .entrySet()) {
            CollectorId who =
                    people.get(1 + List.of(paused, full, coded, chosen).indexOf(each.getKey()) % 3);
            String pass = pass(one, each.getKey(), who);
            List<Claiming> ended = IntStream.range(0, 60)
                    .mapToObj(n -> one.bean(Claims.class).claim(pass, 1))
                    .toList();
            assertThat(codes(ended, each.getValue())).as(each.getValue()).isBetween(5L, 30L);
            assertThat(codes(ended, "drop.busy")).isEqualTo(60 - codes(ended, each.getValue()));
        }
    }

    @Test
    void aFullQueueSendsAwayAtDifferentTimesAndHalfMakesNothing() throws InterruptedException {
        Drop drop = published(1, null, null);
        List<CollectorId> people = collectors(25);
        try (TestServer third = node(ahead, "off", "on")) {
            Claims claims = third.bean(Claims.class);
            ClaimPass first = requireNonNull(third.bean(ClaimPasses.class).read(pass(third, drop, people.getFirst())));
            assertThat(claims.take(drop.stages().getFirst(), first, ClaimPasses.key(first, 1), null, null))
                    .isNotNull();
            ClaimWriter writer = claims.writers().iterator().next();
            for (int n = 1; n < ClaimWriter.QUEUE_MAX; n++) {
                byte[] key = ("crowd " + n).getBytes(StandardCharsets.US_ASCII);
                assertThat(writer.offer(UUID.randomUUID(), key, null, 1, null, null))
                        .isNotNull();
            }
            List<HttpResponse<String>> late = people.subList(1, 25).stream()
                    .map(who -> post(third, "{\"pass\":\"%s\",\"n\":1}".formatted(pass(third, drop, who))))
                    .toList();
            for (HttpResponse<String> answer : late) assertSays(answer, 503, "drop.busy");
            assertThat(late.stream()
                            .map(answer ->
                                    answer.headers().firstValue("Retry-After").orElse("none"))
                            .distinct())
                    .as("they do not all come again at once")
                    .isSubsetOf("1", "2", "3")
                    .hasSizeGreaterThan(1);
            while (claims.waiting() > 0) writer.writeNext();
        }
        assertThat(one.bean(Claims.class).of(drop.id(), people.getFirst())).hasSize(1);
        for (CollectorId who : people.subList(1, 25))
            assertThat(one.bean(Claims.class).of(drop.id(), who)).isEmpty();
        assertThat(stock()).as("who was in the queue was served").isEqualTo(new Stock(12, 0, 10, 0, 2, 0, 10));
    }
}
