package vitrine.simulate;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.books.ClaimHistory.Quiet;
import vitrine.books.ClaimHistory.Window;
import vitrine.catalog.Brand;
import vitrine.catalog.Catalog;
import vitrine.catalog.CollectibleDraft;
import vitrine.catalog.CollectibleId;
import vitrine.drop.Drop;
import vitrine.drop.DropCodes;
import vitrine.drop.DropDraft;
import vitrine.drop.DropId;
import vitrine.drop.DropPlans;
import vitrine.drop.Drops;
import vitrine.drop.FreeHolds;
import vitrine.drop.Guests;
import vitrine.drop.Stage;
import vitrine.identity.CollectorId;
import vitrine.identity.Collectors;
import vitrine.identity.Follows;
import vitrine.identity.Members;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.platform.BuyerKey;
import vitrine.platform.BuyerKeys;

/** What colleagues do in a drop's world: designs, drops with their stages, lists and cards; pauses and ends. */
abstract class DropStaff extends DropMachines {

    static final Bilingual DAWN = new Bilingual("破晓", "Dawn");

    static final class Person {
        final CollectorId id;
        final byte @Nullable [] human;
        /** What she tried, and might try again. */
        final List<Try> tries = new ArrayList<>();

        Person(CollectorId id, byte @Nullable [] human) {
            this.id = id;
            this.human = human;
        }
    }

    /** @param unit the number that she wants; null where nobody chooses, or she forgot to */
    record Try(
            DropId drop,
            String pass,
            int nth,
            @Nullable String code,
            @Nullable Integer unit) {}

    final List<CollectibleId> designs = new ArrayList<>();
    final List<Person> people = new ArrayList<>();
    final List<DropId> drops = new ArrayList<>();
    final Map<UUID, Instant> paused = new HashMap<>();
    /** By stage, as they are printed. */
    private final Map<UUID, List<String>> codes = new HashMap<>();
    /** By stage: who stands on its list. */
    private final Map<UUID, Set<UUID>> listed = new HashMap<>();

    private final Set<UUID> following = new HashSet<>();
    private final Set<Integer> members = new HashSet<>();

    /** Stages that one enters by a ticket, which is for one claim. */
    final Set<UUID> lines = new HashSet<>();
    /** Stages whose numbers are chosen, and how many numbers there are. */
    final Map<UUID, Integer> chosen = new HashMap<>();

    BrandId lumen = new BrandId(new UUID(0, 0));
    int tried;

    DropStaff(Ground ground, DropWorld.Story story, Random random, Set<String> part) {
        super(ground, story, random, part);
    }

    // ---- before the first claim

    void found() {
        SimNode node = nodes.getFirst();
        for (SimNode each : nodes) each.acceptEmptyLog();
        lumen = node.bean(Catalog.class).addBrand(Brand.Kind.BRAND, "lumen", DAWN, DAWN, "plain");
        int count = 1 + random.nextInt(2);
        for (int i = 0; i < count; i++) designs.add(design(node, i));
        boolean checked = random.nextBoolean() && checksHumans();
        int crowd = 4 + plan.claims() / 4;
        List<BuyerKey> keys =
                IntStream.range(0, crowd).mapToObj(n -> key(node, n)).toList();
        Map<BuyerKey, CollectorId> made = node.bean(Collectors.class).forBuyerKeys(keys);
        int human = 0;
        for (int n = 0; n < crowd; n++) {
            if (n == 0 || random.nextInt(4) != 0) human++;
            CollectorId id = Objects.requireNonNull(made.get(keys.get(n)));
            people.add(new Person(
                    id,
                    checked ? ByteBuffer.allocate(16).putInt(7).putInt(human).array() : null));
            if (checked) story.humans.put(id.value(), "human " + human);
        }
        announce();
    }

    private static BuyerKey key(SimNode node, int n) {
        return node.bean(BuyerKeys.class).email(address(n)).orElseThrow();
    }

    private static String address(int n) {
        return "person" + n + "@home.example";
    }

    CollectibleId design(SimNode node, int n) {
        int supply = 3 + random.nextInt(Math.max(4, plan.claims() / 3));
        int withheld = random.nextInt(2);
        CollectibleId id = node.bean(Catalog.class)
                .draft(new CollectibleDraft(
                        lumen,
                        "dawn" + (char) ('a' + n),
                        null,
                        null,
                        "brand",
                        DAWN,
                        DAWN,
                        DAWN,
                        DAWN,
                        2026,
                        "plain",
                        DAWN,
                        supply,
                        withheld,
                        List.of(),
                        List.of()));
        node.bean(TransactionTemplate.class)
                .executeWithoutResult(status -> node.bean(Drops.class).publish(id));
        story.units.put(id.value(), supply - withheld);
        story.numbers.put(id.value(), supply - withheld);
        story.supplies.put(id.value(), supply);
        return id;
    }

    /** A drop that opens in a moment; several share the stock. */
    void announce() {
        SimNode node = anyNode();
        Instant opens = clock.instant().plusSeconds(20);
        int stages = 1 + random.nextInt(3);
        List<DropDraft.StageDraft> drafts = new ArrayList<>();
        for (int n = 0; n < stages; n++) {
            Instant closes = opens.plusSeconds(180 + random.nextInt(600));
            CollectibleId of = designs.get(random.nextInt(designs.size()));
            String entry =
                    switch (random.nextInt(9)) {
                        case 0 -> "list";
                        case 8 -> "code";
                        case 3 -> "members";
                        case 1 -> "followers";
                        case 2 -> n == 0 ? "everyone" : "holders";
                        default -> "everyone";
                    };
            drafts.add(shaped(new DropDraft.StageDraft(
                    null,
                    DAWN,
                    of.value(),
                    opens,
                    closes,
                    random.nextBoolean() ? null : Integer.valueOf(1 + random.nextInt(6)),
                    1 + random.nextInt(3),
                    entry,
                    switch (entry) {
                        case "holders" -> of.value();
                        case "followers" -> lumen.value();
                        default -> null;
                    },
                    random.nextBoolean() ? null : Integer.valueOf(1 + random.nextInt(4)),
                    "never",
                    random.nextInt(4) == 0,
                    false)));
            opens = closes.plusSeconds(random.nextInt(60));
        }
        attempt(node, () -> publish(node, drafts));
    }

    /** Whether some collectors may be one human, who is known as such. */
    boolean checksHumans() {
        return true;
    }

    /** What this kind of world makes of a stage. */
    DropDraft.StageDraft shaped(DropDraft.StageDraft stage) {
        return stage;
    }

    /** Whether all windows that were announced are over. */
    boolean nothingOpens() {
        return story.windows.stream().noneMatch(window -> window.closes().isAfter(clock.instant()));
    }

    void publish(SimNode node, List<DropDraft.StageDraft> drafts) {
        var plans = node.bean(DropPlans.class);
        var drafted = plans.draft(
                lumen,
                "drop-" + drops.size() + "-" + tried,
                new DropDraft(
                        DAWN, DAWN, drafts.stream().map(FreeHolds::publishable).toList()));
        if (!(drafted instanceof DropPlans.Drafting.Drafted made)) return;
        if (!(plans.publish(made.id()) instanceof DropPlans.Publishing.Published published)) {
            story.count("drops_that_could_not_be"); // the stock has too little left
            return;
        }
        var announced = new AtomicReference<>(published.drop());
        insist(node, () -> {
            FreeHolds.hold(node.bean(JdbcClient.class), published.drop(), drafts);
            announced.set(plans.find(made.id()).orElseThrow());
        });
        know(Objects.requireNonNull(announced.get()));
    }

    void know(Drop drop) {
        drops.add(drop.id());
        story.count("drops");
        for (Stage stage : drop.stages()) {
            if (stage.entry() == Stage.Entry.CODE) print(drop, stage);
            if (stage.mode() == Stage.Mode.QUEUE) lines.add(stage.id());
            if (!stage.chosen()) continue;
            int most = Objects.requireNonNull(
                    story.supplies.get(stage.collectible().value()));
            chosen.put(stage.id(), most);
            story.numbers.put(stage.collectible().value(), most);
            story.count("stages_with_numbers");
        }
        for (Stage stage : drop.stages()) {
            // Whoever was let in to what is not for everyone, as the world's own judge saw it.
            Set<UUID> admitted = null;
            if (stage.entry() != Stage.Entry.EVERYONE && stage.entry() != Stage.Entry.CODE) {
                admitted = new HashSet<>();
                open(drop, stage);
            }
            story.admitted.put(stage.id(), admitted == null ? new HashSet<>() : admitted);
            story.windows.add(new Window(
                    stage.id(),
                    drop.id().value(),
                    stage.opensAt(),
                    stage.closesAt(),
                    stage.cap(),
                    stage.limit(),
                    admitted));
        }
    }

    /** Some of them are put on its list, or follow, or become members; who holds a piece does so by herself. */
    private void open(Drop drop, Stage stage) {
        List<Integer> some = IntStream.range(0, people.size())
                .filter(n -> random.nextInt(3) != 0)
                .boxed()
                .toList();
        switch (stage.entry()) {
            case LIST -> {
                listed.put(stage.id(), new HashSet<>());
                letIn(drop.id(), stage.id(), some);
            }
            case FOLLOWERS -> some.forEach(n -> follow(people.get(n).id, true));
            case MEMBERS -> {
                Set<Integer> all = new HashSet<>(members);
                all.addAll(some);
                become(all);
            }
            case EVERYONE, HOLDERS, CODE -> {}
        }
    }

    private void follow(CollectorId who, boolean follows) {
        SimNode node = anyNode();
        var brand = Follows.Followed.brand(lumen);
        insist(node, () -> {
            if (follows) node.bean(Follows.class).follow(who, brand);
            else node.bean(Follows.class).unfollow(who, brand);
        });
        if (follows) following.add(who.value());
        else following.remove(who.value());
    }

    /** These, and nobody else, are the brand's members. */
    private void become(Set<Integer> wanted) {
        SimNode node = anyNode();
        insist(node, () -> node.bean(Members.class)
                .replace(lumen, wanted.stream().map(n -> key(node, n)).toList()));
        members.clear();
        members.addAll(wanted);
    }

    /** A file of addresses, read and brought to the list by whichever node. */
    private void letIn(DropId drop, UUID stage, List<Integer> some) {
        if (some.isEmpty()) return;
        clock.move(Duration.ofMillis(1));
        int before = guestFiles(drop, stage);
        insist(anyNode(), () -> {
            SimNode node = anyNode();
            if (guestFiles(drop, stage) > before) return; // it had been read when the node died
            Drop now = node.bean(DropPlans.class).find(drop).orElseThrow();
            node.bean(Guests.class).read(now, stage, some.stream().map(DropStaff::address));
        });
        while (true) {
            SimNode node = anyNode();
            List<Guests.File> done = new ArrayList<>();
            attempt(node, () -> {
                Guests guests = node.bean(Guests.class);
                Guests.File file = guests.of(drop, stage).getFirst();
                if (file.begunAt() == null) guests.begin(file, false);
                else if (file.doneAt() == null) guests.run();
                else done.add(file);
            });
            if (!done.isEmpty()) break;
        }
        some.forEach(n ->
                Objects.requireNonNull(listed.get(stage)).add(people.get(n).id.value()));
    }

    private int guestFiles(DropId drop, UUID stage) {
        return ground.books
                .sql("select count(*) from guest_files where drop_id = :drop and stage_id = :stage")
                .param("drop", drop.value())
                .param("stage", stage)
                .query(Integer.class)
                .single();
    }

    /** Somebody follows or does not any more, the members change, or a guest is put on a list late. */
    void changeOfMind() {
        int n = random.nextInt(people.size());
        switch (random.nextInt(3)) {
            case 0 ->
                follow(people.get(n).id, !following.contains(people.get(n).id.value()));
            case 1 -> {
                Set<Integer> all = new HashSet<>(members);
                if (!all.remove(n)) all.add(n);
                become(all);
            }
            default -> {
                if (listed.isEmpty()) return;
                List<UUID> stages = listed.keySet().stream().sorted().toList();
                UUID stage = stages.get(random.nextInt(stages.size()));
                UUID drop = story.windows.stream()
                        .filter(window -> window.id().equals(stage))
                        .findFirst()
                        .orElseThrow()
                        .drop();
                letIn(new DropId(lumen, drop), stage, List.of(n));
            }
        }
        story.count("changes_of_mind");
    }

    /** What everybody knows who reads the rules: whether this stage lets her in now. */
    boolean may(Stage stage, Person who) {
        UUID id = who.id.value();
        return switch (stage.entry()) {
            case EVERYONE, CODE -> true;
            case LIST -> Objects.requireNonNull(listed.get(stage.id())).contains(id);
            case FOLLOWERS -> following.contains(id);
            case MEMBERS -> members.stream().anyMatch(n -> people.get(n) == who);
            case HOLDERS ->
                ground.books
                                .sql(
                                        "select count(*) from pieces where state = 'owned' and collectible_id = :of and owner_id = :who")
                                .param("of", Objects.requireNonNull(stage.entryId()))
                                .param("who", id)
                                .query(Integer.class)
                                .single()
                        > 0;
        };
    }

    /** Whether this is a card of that stage. */
    boolean isCard(UUID stage, String code) {
        return codes.getOrDefault(stage, List.of()).stream().anyMatch(card -> card.equalsIgnoreCase(code));
    }

    /** Cards for those who come to the store: some work once, some for a few. */
    void print(Drop drop, Stage stage) {
        SimNode node = anyNode();
        int uses = 1 + random.nextInt(2) * 2;
        int count = 2 + random.nextInt(people.size());
        insist(node, () -> {
            var cards = node.bean(DropCodes.class);
            if (cards.of(drop.id()).stream().noneMatch(b -> b.stage().equals(stage.id())))
                cards.make(drop, stage.id(), count, uses);
            codes.put(
                    stage.id(),
                    cards.of(drop.id()).stream()
                            .filter(b -> b.stage().equals(stage.id()))
                            .flatMap(cards::codes)
                            .toList());
        });
    }

    /** Whose card she has: hers, a friend's that may be used, or none that there ever was. */
    @Nullable
    String card(UUID stage) {
        List<String> there = codes.get(stage);
        if (there == null) return null;
        return random.nextInt(8) == 0
                ? "0000-0000-0000-0000"
                : there.get(random.nextInt(there.size())).toLowerCase(java.util.Locale.ROOT);
    }

    /** Often a low one, which others want as well; sometimes one that there is not, or none. */
    @Nullable
    Integer number(UUID stage) {
        Integer most = chosen.get(stage);
        if (most == null || random.nextInt(12) == 0) return null;
        return 1 + (random.nextBoolean() ? random.nextInt(2) : random.nextInt(most + 1));
    }

    // ---- later on

    void pauseOrResume() {
        turn(anyNode());
    }

    void turn(SimNode node) {
        if (drops.isEmpty()) return;
        DropId drop = drops.get(random.nextInt(drops.size()));
        Instant since = paused.get(drop.value());
        if (since == null) {
            insist(node, () -> node.bean(DropPlans.class).pause(drop, DAWN));
            if (!state(drop).equals("paused")) return;
            paused.put(drop.value(), clock.instant());
            story.count("paused");
        } else {
            Instant until = clock.instant();
            insist(node, () -> node.bean(DropPlans.class).resume(drop));
            if (state(drop).equals("paused")) return;
            story.quiets.add(new Quiet(drop.value(), since, until));
            paused.remove(drop.value());
        }
        clock.move(Duration.ofMillis(1));
    }

    void endOne() {
        if (drops.isEmpty()) return;
        SimNode node = anyNode();
        DropId drop = drops.get(random.nextInt(drops.size()));
        if (state(drop).equals("ended")) return;
        Instant since = paused.remove(drop.value());
        Instant now = clock.instant();
        insist(node, () -> node.bean(DropPlans.class).end(drop));
        story.quiets.add(new Quiet(drop.value(), since == null ? now : since, null));
        story.count("ended");
        clock.move(Duration.ofMillis(1));
    }

    String state(DropId drop) {
        return ground.books
                .sql("select state from drops where drop_id = :drop")
                .param("drop", drop.value())
                .query(String.class)
                .single();
    }
}
