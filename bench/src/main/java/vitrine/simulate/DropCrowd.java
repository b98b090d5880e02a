package vitrine.simulate;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import vitrine.books.ClaimHistory.Told;
import vitrine.books.ClaimHistory.Window;
import vitrine.books.Violation;
import vitrine.drop.Claiming;
import vitrine.drop.ClaimsByHand;
import vitrine.drop.Drop;
import vitrine.drop.DropId;
import vitrine.drop.DropPlans;
import vitrine.drop.Entrances;
import vitrine.drop.Stage;

/** The people of a drop's world: what they try, once or again, at which node, and what they hear. */
abstract class DropCrowd extends DropStaff {

    /** One who waits for her answer, and what she had before she asked. */
    record Asking(
            SimNode node,
            Person who,
            Try what,
            String key,
            @Nullable UUID had,
            ClaimsByHand.Try made) {}

    DropCrowd(Ground ground, DropWorld.Story story, Random random, Set<String> part) {
        super(ground, story, random, part);
    }

    List<Person> some() {
        int many = 1 + random.nextInt(random.nextInt(4) == 0 ? 20 : 5);
        // Few with many wishes, or many with few.
        int among = random.nextInt(3) == 0 ? 1 + random.nextInt(3) : people.size();
        int first = random.nextInt(people.size());
        List<Person> some = new ArrayList<>();
        for (int n = 0; n < many; n++) some.add(people.get((first + random.nextInt(among)) % people.size()));
        return some;
    }

    /** Each makes a new try, or an old one again. */
    List<Asking> ask(SimNode node, List<Person> crowd) {
        List<Asking> asking = new ArrayList<>();
        for (Person who : crowd) {
            Try what = !who.tries.isEmpty() && random.nextInt(4) == 0
                    ? who.tries.get(random.nextInt(who.tries.size()))
                    : fresh(node, who);
            tried++;
            if (what != null) ask(node, who, what, asking);
        }
        return asking;
    }

    void ask(SimNode node, Person who, Try what, List<Asking> asking) {
        String key = node.claims().key(what.pass(), what.nth());
        asking.add(new Asking(
                node,
                who,
                what,
                key,
                numbered(what.drop(), who, key),
                node.claims().begin(what.pass(), what.nth(), what.code(), what.unit())));
    }

    /** As the page does it: the entrance gives the pass and says which try is the next. */
    @Nullable
    Try fresh(SimNode node, Person who) {
        DropId drop = drops.isEmpty() ? null : drops.get(random.nextInt(drops.size()));
        if (drop == null) return null;
        List<Try> made = new ArrayList<>();
        attempt(node, () -> {
            Drop now = node.bean(DropPlans.class).find(drop).orElseThrow();
            beforeEntering(node);
            Entrances.Entrance entrance = node.bean(Entrances.class).enter(now, who.id);
            letInOrNot(who, entrance);
            entered(node, who, entrance);
            if (!(entrance instanceof Entrances.Entrance.Admitted admitted)) return;
            String pass = who.human == null
                    ? admitted.pass()
                    : node.claims()
                            .passFor(
                                    drop,
                                    admitted.stage().id(),
                                    who.id,
                                    who.human,
                                    admitted.stage().limit());
            // Some press again before they know what came of it, and some want several at once.
            made.add(new Try(
                    drop,
                    pass,
                    admitted.next() + (random.nextInt(3) == 0 ? 1 + random.nextInt(3) : 0),
                    card(admitted.stage().id()),
                    number(admitted.stage().id())));
        });
        if (made.isEmpty()) return null;
        who.tries.add(made.getFirst());
        return made.getFirst();
    }

    /** Whoever may enter is let in, and nobody else. */
    private void letInOrNot(Person who, Entrances.Entrance entrance) {
        Stage stage =
                switch (entrance) {
                    case Entrances.Entrance.Admitted in -> in.stage();
                    case Entrances.Entrance.Waits in -> in.stage();
                    case Entrances.Entrance.TurnUsed in -> in.stage();
                    case Entrances.Entrance.NotEligible not -> not.stage();
                    case Entrances.Entrance.PersonUnchecked unchecked -> null;
                    case Entrances.Entrance.Over over -> null;
                    case Entrances.Entrance.Refused refused -> null; // by staff, whoever may enter
                };
        if (stage == null || !story.admitted.containsKey(stage.id())) return;
        boolean let = !(entrance instanceof Entrances.Entrance.NotEligible);
        boolean may = may(stage, who);
        if (stage.entry() != Stage.Entry.EVERYONE) story.count(let ? "let_in" : "turned_away");
        if (let != may)
            story.seen.add(new Violation(
                    "entry",
                    who.id + (let ? " was let in to " : " was turned away from ") + stage.entry() + " " + stage.id()));
        if (may) story.admitted.get(stage.id()).add(who.id.value());
    }

    /** Who has no card of a stage that wants one has nothing of it, and who has one is not told that it is none. */
    private void byItsCard(Asking each, Claiming answer) {
        UUID stage = each.node.claims().stageOf(each.what.pass());
        String code = each.what.code();
        if (code == null) return;
        boolean card = isCard(stage, code);
        if (!card && answer instanceof Claiming.Claimed yes && !yes.again()
                || card && answer instanceof Claiming.CodeUnknown)
            story.seen.add(
                    new Violation("entry", each.who.id + " with " + (card ? "a card" : "no card") + ": " + answer));
    }

    /** What else a kind of world does at the entrance. */
    void beforeEntering(SimNode node) {}

    void entered(SimNode node, Person who, Entrances.Entrance entrance) {}

    /** What she had under this key when she asked, numbered and so hers for good. */
    @Nullable
    UUID numbered(DropId drop, Person who, String key) {
        return ground.books
                .sql("""
                        select claim_id from claims where drop_id = :drop and collector_id = :who
                            and encode(claim_key, 'hex') = :key and serial is not null
                        """)
                .param("drop", drop.value())
                .param("who", who.id.value())
                .param("key", key)
                .query(UUID.class)
                .optional()
                .orElse(null);
    }

    /** True: it is through with what waited. A node that dies answers nobody any more. */
    boolean write(SimNode node) {
        return attempt(node, () -> node.claims().write());
    }

    List<Claiming> hear(List<Asking> asking) {
        List<Claiming> heard = new ArrayList<>();
        for (Asking each : asking) {
            Claiming answer = dead.contains(each.node) ? each.made.answerOrHangUp() : each.made.answer();
            if (each.made.failure() != null) fell(each);
            if (answer == null) {
                story.count("answers_lost");
                continue;
            }
            heard.add(answer);
            story.count("told_" + answer.code().substring("drop.".length()).replace('-', '_'));
            byItsCard(each, answer);
            Claiming.Claimed claimed = answer instanceof Claiming.Claimed yes ? yes : null;
            if (claimed != null
                    && !claimed.again()
                    && each.what.unit() != null
                    && !each.what.unit().equals(claimed.claim().unit()))
                story.seen.add(new Violation(
                        "wrong_number", each.who.id + " chose " + each.what.unit() + " and heard " + claimed));
            if (claimed != null && !inItsStage(each, claimed))
                story.seen.add(new Violation("ticket_elsewhere", each.who.id + " heard " + claimed));
            story.told.add(new Told(
                    each.what.drop().value(),
                    each.who.id.value(),
                    each.key,
                    answer.code(),
                    claimed == null ? null : claimed.claim().id(),
                    claimed == null ? null : claimed.claim().serial(),
                    each.had));
        }
        dead.clear();
        return heard;
    }

    /** A ticket's claim is of the stage that it is for; elsewhere a try is the same in all stages of a drop. */
    private boolean inItsStage(Asking each, Claiming.Claimed claimed) {
        UUID stage = each.node.claims().stageOf(each.what.pass());
        return !lines.contains(stage) || claimed.claim().stage().equals(stage);
    }

    void fell(Asking each) {
        Throwable why = Objects.requireNonNull(each.made.failure());
        if (died(why)) replace(each.node);
        else if (!outside(why)) story.seen.add(new Violation("claim.fell", String.valueOf(why)));
    }

    /** Whether the rows say that she may have one now. */
    boolean free(Try what, Person who) {
        if (what.code() != null) return false; // whether a card is good is not hers to know
        Instant now = clock.instant();
        UUID stage = nodes.getFirst().claims().stageOf(what.pass());
        if (lines.contains(stage) && what.nth() != 1) return false; // a ticket is for one
        if (chosen.containsKey(stage)) return false; // nor whether her number is free
        Window window = story.windows.stream()
                .filter(w -> w.id().equals(stage))
                .findFirst()
                .orElseThrow();
        if (now.isBefore(window.opens()) || !now.isBefore(window.closes())) return false;
        return ground.books
                .sql("""
                        select d.state = 'published' and s.sold_out_at is null and coalesce(st.available, 1) > 0
                            and s.taken < coalesce(s.cap, s.taken + 1)
                            and (select count(*) from claims c where c.drop_id = d.drop_id and c.collector_id = any(:all)) < s.limit_each
                        from drops d join drop_stages s using (brand_id, drop_id)
                        join stock st on st.brand_id = s.brand_id and st.collectible_id = s.collectible_id
                        where s.stage_id = :stage
                        """)
                .param("stage", stage)
                .param("all", sameHuman(who))
                .query(Boolean.class)
                .single();
    }

    UUID[] sameHuman(Person who) {
        return people.stream()
                .filter(p -> p == who || who.human != null && java.util.Arrays.equals(p.human, who.human))
                .map(p -> p.id.value())
                .toArray(UUID[]::new);
    }

    /** Whoever tried comes once more, to any node: who won hears so. */
    void everybodyAgain() {
        for (Person who : people) {
            for (Try what : who.tries) {
                SimNode node = anyNode();
                List<Asking> asking = new ArrayList<>();
                ask(node, who, what, asking);
                write(node);
                hear(asking);
            }
        }
    }
}
