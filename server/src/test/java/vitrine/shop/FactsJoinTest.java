package vitrine.shop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/**
 * Messages that come twice, late or before their elders add up to the same order: join is commutative, associative and
 * idempotent, over random facts. A failure is shrunk to the fewest messages that still show it, and names its seed.
 */
class FactsJoinTest {

    private static final int WORLDS = 400;

    @Test
    void anyOrderAndAnyDoublingOfMessagesGivesTheSameOrder() {
        long seed = new Random().nextLong();
        for (int world = 0; world < WORLDS; world++) {
            Random random = new Random(seed + world);
            List<OrderFacts> messages = messages(random);
            int shuffling = random.nextInt();
            refuteOrShrink(seed + world, messages, said -> {
                OrderFacts straight = fold(said);
                List<OrderFacts> mixed = new ArrayList<>(said);
                Random mixing = new Random(shuffling);
                for (OrderFacts one : said) if (mixing.nextInt(3) == 0) mixed.add(one);
                Collections.shuffle(mixed, mixing);
                return straight.equals(fold(mixed))
                        && Reckoning.of(straight, "CNY", 7).equals(Reckoning.of(fold(mixed), "CNY", 7));
            });
        }
    }

    @Test
    void joiningIsAssociativeAndJoiningAgainAddsNothing() {
        long seed = new Random().nextLong();
        for (int world = 0; world < WORLDS; world++) {
            Random random = new Random(seed + world);
            refuteOrShrink(seed + world, List.of(facts(random), facts(random), facts(random)), said -> {
                OrderFacts a = said.getFirst();
                OrderFacts b = said.get(said.size() / 2);
                OrderFacts c = said.getLast();
                return a.join(b).join(c).equals(a.join(b.join(c)))
                        && a.join(b).equals(b.join(a))
                        && a.join(a).equals(a)
                        && a.join(b).join(b).equals(a.join(b))
                        && a.join(b).holds(b);
            });
        }
    }

    @Test
    void whatIsWrittenIsReadBack() {
        long seed = new Random().nextLong();
        for (int world = 0; world < WORLDS; world++) {
            refuteOrShrink(seed + world, messages(new Random(seed + world)), said -> {
                OrderFacts facts = fold(said);
                return OrderFacts.parse(facts.json()).equals(facts)
                        && OrderFacts.parse(facts.json()).json().equals(facts.json());
            });
        }
    }

    @Test
    void noLineEverGivesBackMoreThanWasPaidOrBought() {
        long seed = new Random().nextLong();
        for (int world = 0; world < WORLDS; world++) {
            refuteOrShrink(
                    seed + world,
                    messages(new Random(seed + world)),
                    said -> Reckoning.of(fold(said), "CNY", 7).lines().stream().allMatch(line -> {
                        OrderLine.Growth grew = line.grew();
                        int units = line.quantity() + (grew == null ? 0 : grew.units());
                        long paid = line.paidMinor() + (grew == null ? 0 : grew.minor());
                        return line.returned() >= 0
                                && line.returned() <= units
                                && line.refundedMinor() >= 0
                                && line.refundedMinor() <= paid;
                    }));
        }
    }

    private static OrderFacts fold(List<OrderFacts> said) {
        OrderFacts all = said.getFirst();
        for (OrderFacts one : said) all = all.join(one);
        return all;
    }

    /** Takes away message after message as long as the law stays broken. */
    private static void refuteOrShrink(long seed, List<OrderFacts> messages, Predicate<List<OrderFacts>> law) {
        if (law.test(messages)) return;
        List<OrderFacts> fewest = new ArrayList<>(messages);
        boolean smaller = true;
        while (smaller) {
            smaller = false;
            for (int i = 0; i < fewest.size() && fewest.size() > 1; i++) {
                List<OrderFacts> fewer = new ArrayList<>(fewest);
                fewer.remove(i);
                if (law.test(fewer)) continue;
                fewest = fewer;
                smaller = true;
                break;
            }
        }
        assertThat(law.test(fewest)).as("seed %d: %s", seed, fewest).isTrue();
    }

    private static List<OrderFacts> messages(Random random) {
        List<OrderFacts> messages = new ArrayList<>();
        for (int i = 1 + random.nextInt(7); i > 0; i--) messages.add(facts(random));
        return messages;
    }

    /** Times, lines and ids from small ranges, so that they meet. */
    private static OrderFacts facts(Random random) {
        var draft = new Draft("order-1", time(random));
        if (random.nextBoolean()) draft.number("#" + random.nextInt(3));
        if (random.nextBoolean()) draft.email = draft.said(text(random));
        if (random.nextBoolean()) draft.phone = draft.said(text(random));
        if (random.nextBoolean()) draft.own = draft.said(text(random));
        if (random.nextBoolean()) draft.till = draft.said(text(random));
        if (random.nextBoolean()) draft.contact = draft.said("mac" + random.nextInt(2) + ":" + text(random));
        if (random.nextBoolean()) draft.pickup = draft.said(text(random));
        draft.test = random.nextInt(9) == 0;
        if (random.nextBoolean()) draft.placed = time(random);
        switch (random.nextInt(4)) {
            case 0 -> draft.paid(null);
            case 1 -> draft.paid(time(random));
            case 2 -> draft.unpaid();
            default -> {}
        }
        switch (random.nextInt(5)) {
            case 0 -> draft.cancelled(time(random));
            case 1 -> draft.cancelled((Long) null);
            default -> {}
        }
        if (random.nextInt(6) == 0) draft.confirmedAt = time(random);
        if (random.nextInt(6) == 0) draft.fulfilledAt = time(random);
        if (random.nextInt(9) == 0) draft.refundedAllAt = time(random);
        if (random.nextInt(3) > 0) {
            draft.listedAt = draft.at;
            for (int i = random.nextInt(4); i > 0; i--) draft.line("line-" + i, random.nextInt(2), look(random));
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            draft.parcel(
                    "parcel-" + i,
                    random.nextBoolean() ? time(random) : null,
                    random.nextInt(3) == 0 ? time(random) : null,
                    random.nextInt(5) > 0,
                    Map.of("line-" + (1 + random.nextInt(3)), 1 + random.nextInt(3)));
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            Map<String, OrderFacts.Back> backs = new HashMap<>();
            if (random.nextBoolean()) {
                backs.put(
                        "line-" + (1 + random.nextInt(3)),
                        new OrderFacts.Back(random.nextInt(3), random.nextInt(5000)));
            }
            draft.refunds.put(
                    "refund-" + i,
                    new OrderFacts.Refund(random.nextBoolean(), random.nextInt(9000), random.nextInt(3000), backs));
        }
        return draft.facts();
    }

    private static OrderFacts.Look look(Random random) {
        return new OrderFacts.Look(
                random.nextInt(4),
                random.nextInt(4) * 1999L,
                random.nextInt(5) > 0,
                random.nextBoolean() ? "SKU" : "",
                "p",
                random.nextBoolean() ? "霜降" : "",
                "",
                "Lumen");
    }

    private static long time(Random random) {
        return 1_700_000_000_000L + random.nextInt(12) * 1000L;
    }

    private static String text(Random random) {
        return java.util.Base64.getEncoder().encodeToString(new byte[] {(byte) random.nextInt(4)});
    }
}
