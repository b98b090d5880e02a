package vitrine.simulate;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Currency;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.books.Violation;
import vitrine.campaign.Campaign;
import vitrine.campaign.CampaignId;
import vitrine.campaign.Campaigns;
import vitrine.campaign.Publication;
import vitrine.catalog.Brand;
import vitrine.catalog.BrandLogs;
import vitrine.catalog.Catalog;
import vitrine.catalog.CollectibleDraft;
import vitrine.catalog.CollectibleId;
import vitrine.catalog.PieceNumber;
import vitrine.drop.Allotments;
import vitrine.drop.Drops;
import vitrine.identity.CollectorId;
import vitrine.identity.Collectors;
import vitrine.ownership.Pieces;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.platform.BuyerKeys;
import vitrine.platform.Job;
import vitrine.proof.Json;
import vitrine.sandbox.Crowd;
import vitrine.sandbox.Message;
import vitrine.sandbox.Messages;
import vitrine.sandbox.SandboxOrder;
import vitrine.sandbox.ShopLists;
import vitrine.shop.InboxByHand;
import vitrine.shop.Shops;

/**
 * Worlds in which people buy in shops, one after the other on the same ground. A world is a seed: the same one plays the same, save
 * where two nodes really run at once.
 */
final class World implements AutoCloseable {

    /**
     * @param crashes how often, in ten thousand commits, something happens to one
     * @param newProcesses how many of the nodes that die are started anew from nothing; a whole new process is dear, so the other
     *     deaths only cut every transaction and every connection
     * @param together how many of a hundred rounds both nodes work at once, on threads of their own
     * @param kept the numbers of the orders that are played; empty: all of them. What is left out was never bought, everything else
     *     is as it was
     */
    record Plan(
            long seed,
            int orders,
            int nodes,
            Lives.Chances chances,
            int crashes,
            int together,
            int newProcesses,
            SortedSet<Long> kept) {

        Plan(long seed, int orders, int nodes, Lives.Chances chances, int crashes, int together, int newProcesses) {
            this(seed, orders, nodes, chances, crashes, together, newProcesses, Collections.emptySortedSet());
        }

        Plan keeping(SortedSet<Long> numbers) {
            return new Plan(seed, orders, nodes, chances, crashes, together, newProcesses, numbers);
        }
    }

    private final Ground ground;
    private final HandClock clock;
    private final List<SimNode> nodes;
    private final ShopLists lists;
    private volatile @Nullable Story now;
    private final JdbcClient books;

    World(int nodeCount) {
        ground = new Ground(nodeCount, Town.BEGIN.minus(Duration.ofDays(1)));
        clock = ground.clock;
        nodes = ground.nodes;
        books = ground.books;
        lists = ShopLists.serve(
                new Town(0, 1).shops.stream().map(Town.Shop::config).toList(), this::listed);
        // The house stays from world to world; were it founded in the first, that one would draw other ids than when
        // it is played again.
        house(nodes.getFirst().bean(Catalog.class));
    }

    private static BrandId house(Catalog catalog) {
        return catalog.house()
                .map(Brand::id)
                .orElseGet(() -> catalog.addBrand(Brand.Kind.HOUSE, Town.HOUSE, words("house"), words(""), "plain"));
    }

    /** What a shop's own list shows now; a shop that has a bad day shows nothing. */
    private @Nullable List<SandboxOrder> listed(String shop) {
        Story story = now;
        if (story == null || story.away.contains(shop)) return null;
        return story.lives.listed(shop, clock.instant());
    }

    Ground ground() {
        return ground;
    }

    SimDatabase database() {
        return ground.database;
    }

    List<SimNode> nodes() {
        return nodes;
    }

    /** What the world did and saw; the oracle reads it. */
    static final class Story {
        final Plan plan;
        final Town town;
        final Lives lives;
        final Map<String, UUID> shopIds = new HashMap<>();
        final Map<String, BrandId> brandIds = new HashMap<>();
        final Map<String, CollectibleId> designIds = new HashMap<>();
        /** Shop, then delivery id: what was answered with "kept". */
        final Map<UUID, Set<String>> acknowledged = new HashMap<>();

        final Map<String, CampaignId> campaigns = new LinkedHashMap<>();
        final List<Pause> pauses = new ArrayList<>();
        /** Shops whose list cannot be read just now. */
        final Set<String> away = Collections.synchronizedSet(new HashSet<>());
        /** Two persons, by number, who signed in as one. */
        final List<int[]> joined = new ArrayList<>();

        final Set<UUID> opened = new LinkedHashSet<>();
        final List<Violation> seen = new ArrayList<>();
        final TreeMap<String, Long> counts = new TreeMap<>();

        Story(Plan plan, Town town, Lives lives) {
            this.plan = plan;
            this.town = town;
            this.lives = lives;
        }

        BrandId brand(String slug) {
            return java.util.Objects.requireNonNull(brandIds.get(slug), slug);
        }

        synchronized void count(String name, long more) {
            counts.merge(name, more, Long::sum);
        }
    }

    /** A campaign of this owner paused; {@code until} null: it pauses still. */
    record Pause(String owner, Instant from, @Nullable Instant until) {
        boolean holds(Instant at) {
            return !at.isBefore(from) && (until == null || at.isBefore(until));
        }
    }

    /** Plays the world to its end and returns what was seen on the way. */
    Story play(Plan plan) {
        return play(plan, act -> act);
    }

    /** @param around gets each act of a node, and does it */
    Story play(Plan plan, Function<Act, Runnable> around) {
        ground.begin(plan.seed, Town.BEGIN.minus(Duration.ofDays(1)));
        Town town = new Town(plan.seed, plan.orders);
        Lives lives = new Lives(plan.seed * 7 + 1, town, plan.orders, plan.chances, plan.kept);
        Story story = new Story(plan, town, lives);
        now = story;
        found(story);
        new Days(story, around).run();
        return story;
    }

    // ---- before the first order

    private void found(Story story) {
        SimNode node = nodes.getFirst();
        for (SimNode each : nodes) each.acceptEmptyLog();
        Catalog catalog = node.bean(Catalog.class);
        story.brandIds.put(Town.HOUSE, house(catalog));
        for (Town.Brand brand : story.town.brands) {
            story.brandIds.put(
                    brand.slug(),
                    catalog.addBrand(Brand.Kind.BRAND, brand.slug(), words(brand.slug()), words(""), "plain"));
        }
        if (story.plan.seed % 2 != 0) beginLog(node, story, story.town.brands.get(1));
        for (Town.Shop shop : story.town.shops) story.shopIds.put(shop.config().shop(), open(node, story, shop));
        for (Town.Design design : story.town.designs) {
            CollectibleId id = catalog.draft(new CollectibleDraft(
                    story.brand(design.brand()),
                    design.slug(),
                    null,
                    null,
                    "brand",
                    words(design.slug()),
                    words(""),
                    words(""),
                    words(design.slug()),
                    2026,
                    "plain",
                    words(""),
                    design.supply(),
                    0,
                    List.of(),
                    List.of()));
            node.bean(TransactionTemplate.class)
                    .executeWithoutResult(status -> node.bean(Drops.class).publish(id));
            story.designIds.put(design.slug(), id);
            if (design.allottedToHouse() > 0) {
                node.bean(Allotments.class).allot(story.brand(Town.HOUSE), id, design.allottedToHouse());
            }
        }
        story.town.plans().forEach((owner, deals) -> publish(node, story, owner, deals));
    }

    /** In every other world one of the brands has a log of its own beside the house's, whose campaign gives pieces of both. */
    private void beginLog(SimNode node, Story story, Town.Brand brand) {
        BrandId id = story.brand(brand.slug());
        var beginning = node.bean(BrandLogs.class).begin(id, brand.slug());
        if (!(beginning instanceof BrandLogs.Beginning.Opened)) throw new IllegalStateException("no log: " + beginning);
        for (SimNode each : nodes) each.acceptEmptyLog(id);
    }

    private UUID open(SimNode node, Story story, Town.Shop shop) {
        var config = shop.config();
        var creation = node.bean(Shops.class)
                .create(new Shops.NewShop(
                        story.brand(shop.brand()),
                        config.source().wire(),
                        config.shop(),
                        config.shop(),
                        Currency.getInstance(config.currency()),
                        7,
                        Town.told(config),
                        lists.address(config),
                        config.apiToken()));
        if (creation instanceof Shops.Creation.Created made)
            return made.shop().id().value();
        throw new IllegalStateException("no shop: " + creation);
    }

    private static void publish(SimNode node, Story story, String owner, List<Town.Deal> deals) {
        Campaigns campaigns = node.bean(Campaigns.class);
        var drafted = campaigns.draft(story.brand(owner), "plan-of-" + owner, draft(story, owner, deals));
        if (!(drafted instanceof Campaigns.Drafting.Drafted made))
            throw new IllegalStateException("no plan: " + drafted);
        Publication published = campaigns.publish(made.id());
        if (!(published instanceof Publication.Published))
            throw new IllegalStateException("not published: " + published);
        story.campaigns.put(owner, made.id());
    }

    private static Json.Obj draft(Story story, String owner, List<Town.Deal> deals) {
        return Json.object(
                "name",
                both(owner),
                "about",
                both(""),
                "currency",
                Json.of(deals.getFirst().currency()),
                "zone",
                Json.of("Asia/Shanghai"),
                "from",
                Json.of(Town.opensAt().toString()),
                "until",
                Json.of(Town.closesAt().toString()),
                "offers",
                Json.of(deals.stream().map(deal -> (Json) offer(story, deal)).toList()));
    }

    private static Json.Obj offer(Story story, Town.Deal deal) {
        CollectibleId design = java.util.Objects.requireNonNull(story.designIds.get(deal.design()));
        var members = new TreeMap<String, Json>();
        members.put("id", Json.of(deal.id().toString()));
        members.put("name", both(deal.name()));
        members.put(
                "collectible",
                Json.object(
                        "brand",
                        Json.of(design.brand().toString()),
                        "id",
                        Json.of(design.value().toString())));
        var when = new TreeMap<String, Json>();
        if (!deal.skus().isEmpty()) when.put("goods", texts(deal.skus()));
        if (!deal.categories().isEmpty()) when.put("categories", texts(deal.categories()));
        if (!deal.vendors().isEmpty()) when.put("vendors", texts(deal.vendors()));
        if (!deal.brands().isEmpty()) {
            when.put(
                    "brands",
                    texts(deal.brands().stream()
                            .map(b -> story.brand(b).toString())
                            .toList()));
        }
        members.put("when", new Json.Obj(when));
        members.put("measure", Json.of(deal.amount() ? "amount" : "quantity"));
        members.put("basis", Json.of(deal.cumulative() ? "cumulative" : "order"));
        if (deal.tiers().isEmpty()) members.put("every", Json.of(deal.every()));
        else {
            members.put(
                    "tiers",
                    Json.of(deal.tiers().stream()
                            .map(t -> (Json) Json.object("from", Json.of(t.from()), "pieces", Json.of(t.pieces())))
                            .toList()));
        }
        if (deal.perCollector() != null) members.put("perCollector", Json.of(deal.perCollector()));
        if (deal.piecesMax() != null) members.put("piecesMax", Json.of(deal.piecesMax()));
        members.put("waiting", Json.object("days", Json.of(deal.waitingDays()), "calendar", Json.of(deal.calendar())));
        members.put("giftPolicy", Json.of("never"));
        return new Json.Obj(members);
    }

    private static Json texts(java.util.Collection<String> words) {
        return Json.of(words.stream().sorted().map(w -> (Json) Json.of(w)).toList());
    }

    private static Json.Obj both(String text) {
        return Json.object("zh", Json.of(text), "en", Json.of(text.isEmpty() ? "" : text));
    }

    private static Bilingual words(String text) {
        return new Bilingual(text, text);
    }

    // ---- day after day

    private final class Days {
        private final Story story;
        private final Plan plan;
        private final Function<Act, Runnable> around;
        private final Random random;
        private final PriorityQueue<Due> queue;
        private final Map<UUID, List<UUID>> lines = new LinkedHashMap<>();
        /** A small world is looked at less often. */
        private final Duration tick;

        private boolean calm;
        private int restarts;
        private long nth;

        private record Due(Instant at, long nth, Lives.Arrival arrival) implements Comparable<Due> {
            @Override
            public int compareTo(Due other) {
                int byTime = at.compareTo(other.at);
                return byTime != 0 ? byTime : Long.compare(nth, other.nth);
            }
        }

        Days(Story story, Function<Act, Runnable> around) {
            this.story = story;
            this.around = around;
            this.plan = story.plan;
            this.random = new Random(plan.seed * 13 + 5);
            this.queue = new PriorityQueue<>();
            this.tick = Duration.ofHours(plan.orders <= 100 ? 30 : plan.orders <= 1_000 ? 6 : 2);
            for (Lives.Arrival arrival : story.lives.arrivals) queue.add(new Due(arrival.at(), nth++, arrival));
        }

        void run() {
            clock.moveTo(Town.BEGIN);
            if (plan.crashes > 0) for (SimNode node : nodes) cut(node);
            while (!queue.isEmpty()) {
                Instant next = queue.peek().at;
                Instant soon = clock.instant().plus(tick);
                clock.moveTo(next.isAfter(soon) ? next : soon);
                if (nodes.size() > 1 && random.nextInt(100) < plan.together / 2) overlap();
                deliver(arrived(), null);
                work();
                if (random.nextInt(4) == 0) reconcile(anyNode());
                live();
                if (random.nextInt(plan.orders <= 100 ? 5 : 40) == 0) direct();
            }
            end();
        }

        /** From here on something may happen at any commit of this node. */
        private void cut(SimNode node) {
            var own = new Random(plan.seed * 17 + node.name().hashCode());
            node.wire().fates(what -> {
                if (calm || own.nextInt(10_000) >= plan.crashes) return Wire.Fate.NOTHING;
                Wire.Fate fate = Wire.Fate.values()[1 + own.nextInt(4)];
                story.count(fate.name().startsWith("DIES") ? "crashes" : "broken_connections", 1);
                return fate;
            });
        }

        private List<Lives.Arrival> arrived() {
            List<Lives.Arrival> now = new ArrayList<>();
            while (!queue.isEmpty() && !queue.peek().at.isAfter(clock.instant())) now.add(queue.poll().arrival);
            return now;
        }

        /** @param only null: each batch meets any of the nodes */
        private void deliver(List<Lives.Arrival> now, @Nullable SimNode only) {
            while (!now.isEmpty()) {
                int size = Math.min(now.size(), 1 + random.nextInt(1 + Math.max(6, now.size() / 2)));
                List<Lives.Arrival> batch = List.copyOf(now.subList(0, size));
                now.subList(0, size).clear();
                SimNode node = only != null ? only : anyNode();
                boolean answered = attempt(node, around.apply(new Act("", () -> take(node, batch))));
                // Nobody heard that it was kept: the shops come again, with the same ids.
                if (!answered) {
                    for (Lives.Arrival each : batch) {
                        if (!each.spoilt())
                            queue.add(new Due(clock.instant().plusSeconds(60 + random.nextInt(7_200)), nth++, each));
                    }
                }
            }
        }

        private void take(SimNode node, List<Lives.Arrival> batch) {
            List<InboxByHand.Incoming> messages = new ArrayList<>(batch.size());
            for (Lives.Arrival each : batch) {
                var shop = each.shop().config();
                Message message = Messages.sign(
                        shop, each.topic(), each.name(), Messages.body(shop, each.event()), clock.instant());
                if (each.spoilt()) message = message.withBadSignature();
                Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
                headers.putAll(message.headers());
                messages.add(new InboxByHand.Incoming(shop.source().wire(), shop.shop(), headers, message.body()));
            }
            List<InboxByHand.Answer> answers = node.inbox().take(messages);
            for (int i = 0; i < answers.size(); i++) {
                story.count("deliveries", 1);
                boolean spoilt = batch.get(i).spoilt();
                switch (answers.get(i)) {
                    case InboxByHand.Answer.Kept kept -> {
                        if (spoilt) story.seen.add(new Violation("inbox.believed-a-bad-signature", kept.deliveryId()));
                        story.acknowledged
                                .computeIfAbsent(kept.shop().value(), s -> new LinkedHashSet<>())
                                .add(kept.deliveryId());
                    }
                    case InboxByHand.Answer.Refused refused -> {
                        if (refused.why().equals("KeysOutOfReach") && !spoilt) {
                            // 503: the shop comes again.
                            queue.add(new Due(clock.instant().plusSeconds(60), nth++, batch.get(i)));
                        } else if (!spoilt) {
                            story.seen.add(new Violation(
                                    "inbox.refused",
                                    batch.get(i).name() + " of "
                                            + batch.get(i).shop().config().shop() + ": " + refused.why()));
                        } else story.count("refused", 1);
                    }
                }
            }
        }

        private SimNode anyNode() {
            return nodes.get(random.nextInt(nodes.size()));
        }

        /** Runs it on the node; true: the node answered. A node that died is replaced by a new process. */
        private boolean attempt(SimNode node, Runnable act) {
            try {
                act.run();
                return true;
            } catch (Died e) {
                replace(node);
                return false;
            } catch (org.springframework.dao.DataAccessException
                    | org.springframework.transaction.TransactionException e) {
                story.count("tried_again", 1);
                return false;
            }
        }

        private void replace(SimNode node) {
            if (restarts < plan.newProcesses && random.nextInt(4) == 0) {
                restarts++;
                story.count("processes_started_again", 1);
                node.startAgain();
                ground.infect(node);
                cut(node);
            } else node.wire().revive();
        }

        private void work() {
            if (nodes.size() > 1 && random.nextInt(100) < plan.together) {
                together();
                return;
            }
            SimNode first = nodes.getFirst();
            List<String> names =
                    new ArrayList<>(first.jobs().stream().map(Job::name).toList());
            Collections.shuffle(names, random);
            // Some days a worker is slow: what it would have done waits.
            int most = random.nextInt(2) == 0 ? random.nextInt(names.size()) + 1 : names.size();
            for (String name : names.subList(0, most)) {
                SimNode node = anyNode();
                attempt(node, around.apply(new Act(name, () -> node.job(name).run())));
            }
            watchLines();
        }

        /** The shops' own lists are read; some of them cannot be just then. */
        private void reconcile(SimNode node) {
            story.away.clear();
            for (Town.Shop shop : story.town.shops)
                if (random.nextInt(5) == 0) story.away.add(shop.config().shop());
            attempt(node, around.apply(new Act(SimNode.RECONCILE, () -> node.reconcile()
                    .run())));
        }

        /** A colleague pauses a campaign, lets it go on, makes its rules better, or tries to make them worse. */
        private void direct() {
            List<String> owners = List.copyOf(story.campaigns.keySet());
            String owner = owners.get(random.nextInt(owners.size()));
            CampaignId id = java.util.Objects.requireNonNull(story.campaigns.get(owner));
            int kind = random.nextInt(3);
            switch (random.nextInt(4)) {
                case 0, 1 -> pauseOrGoOn(owner, id);
                case 2 -> better(owner, id, kind);
                default -> worse(owner, id, kind);
            }
        }

        private void pauseOrGoOn(String owner, CampaignId id) {
            Pause open = story.pauses.stream()
                    .filter(p -> p.owner.equals(owner) && p.until == null)
                    .findFirst()
                    .orElse(null);
            insist(node -> open == null
                    ? node.bean(Campaigns.class).pause(id, words("back soon"))
                    : node.bean(Campaigns.class).resume(id));
            // An answer may have been lost on the way: what became of it the campaign itself says.
            Campaign.State state =
                    insist(node -> node.bean(Campaigns.class).campaign(id).state());
            if (open == null && state == Campaign.State.PAUSED) {
                story.pauses.add(new Pause(owner, clock.instant(), null));
                story.count("pauses", 1);
            } else if (open != null && state == Campaign.State.PUBLISHED) {
                story.pauses.remove(open);
                story.pauses.add(new Pause(owner, open.from, clock.instant()));
            }
        }

        private void better(String owner, CampaignId id, int kind) {
            List<Town.Deal> deals = story.town.deals;
            for (int i = 0; i < deals.size(); i++) {
                Town.Deal before = deals.get(i);
                Town.Deal after = before.owner().equals(owner) ? before.better(kind) : null;
                if (after == null) continue;
                deals.set(i, after);
                Publication outcome =
                        publishAgain(owner, id, List.copyOf(story.town.plans().get(owner)));
                switch (outcome) {
                    // What was published before its answer was lost is nothing new the second time.
                    case Publication.Published published -> story.count("rules_bettered", 1);
                    case Publication.NothingNew published -> story.count("rules_bettered", 1);
                    case Publication.Ended ended -> deals.set(i, before);
                    case Publication.Unfinished no -> story.seen.add(new Violation("rules.better", no.toString()));
                    case Publication.WouldHurt no -> story.seen.add(new Violation("rules.better", no.toString()));
                }
                return;
            }
        }

        private void worse(String owner, CampaignId id, int kind) {
            List<Town.Deal> deals = new ArrayList<>(story.town.plans().get(owner));
            deals.set(0, deals.getFirst().worse(kind));
            Publication outcome = publishAgain(owner, id, deals);
            if (outcome instanceof Publication.WouldHurt) story.count("rules_kept", 1);
            else if (!(outcome instanceof Publication.Ended))
                story.seen.add(new Violation("rules.worse", deals.getFirst().name() + ": " + outcome));
        }

        private Publication publishAgain(String owner, CampaignId id, List<Town.Deal> deals) {
            return insist(node -> {
                node.bean(Campaigns.class).save(id, draft(story, owner, deals));
                return node.bean(Campaigns.class).publish(id);
            });
        }

        /** Tries on any node until one answers. */
        private <T> T insist(Function<SimNode, T> act) {
            List<T> answer = new ArrayList<>();
            while (answer.isEmpty()) {
                SimNode node = anyNode();
                attempt(node, () -> answer.add(act.apply(node)));
            }
            return answer.getFirst();
        }

        /** Both nodes do all of their work at once, on real threads: what one locks the other waits for. */
        private void together() {
            story.count("rounds_together", 1);
            var meet = new CyclicBarrier(nodes.size());
            List<Thread> threads = new ArrayList<>();
            Map<SimNode, Throwable> failed = Collections.synchronizedMap(new HashMap<>());
            for (SimNode node : nodes) {
                List<Job> jobs = new ArrayList<>(node.jobs());
                Collections.shuffle(jobs, random);
                threads.add(Thread.ofPlatform().name(node.name()).start(() -> {
                    try {
                        meet.await();
                        for (Job job : jobs) {
                            try {
                                job.run();
                            } catch (org.springframework.dao.DataAccessException
                                    | org.springframework.transaction.TransactionException e) {
                                story.count("tried_again", 1);
                            }
                        }
                    } catch (InterruptedException | BrokenBarrierException e) {
                        throw new IllegalStateException(e);
                    } catch (Died e) {
                        failed.put(node, e);
                    } catch (RuntimeException e) {
                        failed.put(node, e);
                    }
                }));
            }
            for (Thread thread : threads) join(thread);
            failed.forEach((node, why) -> {
                if (why instanceof Died) replace(node);
                else throw new IllegalStateException(node.name(), why);
            });
            sums();
            watchLines();
        }

        /**
         * One node stands in the midst of its transaction, before it writes what it decided; the other hears of new orders, folds
         * them and judges them meanwhile, or waits for a lock until the first is done.
         */
        private void overlap() {
            SimNode first = nodes.get(0);
            SimNode second = nodes.get(1);
            List<Lives.Arrival> now = arrived();
            // The orders of one buyer go to both nodes in turn: that is where they could miss each other.
            Map<Long, Boolean> halves = new HashMap<>();
            now.stream()
                    .map(each -> each.event().order())
                    .sorted(Comparator.comparing((SandboxOrder o) ->
                                    o.buyer().email() + " " + o.buyer().phone())
                            .thenComparing(SandboxOrder::number))
                    .forEach(order -> halves.putIfAbsent(order.number(), halves.size() % 2 == 0));
            List<Lives.Arrival> one = new ArrayList<>();
            List<Lives.Arrival> other = new ArrayList<>();
            for (Lives.Arrival each : now) {
                (halves.getOrDefault(each.event().order().number(), true) ? one : other).add(each);
            }
            deliver(one, first);
            attempt(first, () -> first.job("orders-fold").run());
            Two joining = random.nextInt(3) == 0 ? two() : null;
            List<Throwable> failed = Collections.synchronizedList(new ArrayList<>());
            Thread meanwhile = Thread.ofPlatform().name("meanwhile").unstarted(() -> {
                if (joining != null) {
                    join(joining, () -> second);
                    attempt(second, () -> second.job("event-sequencer").run());
                    attempt(second, () -> second.job("campaign-joins").run());
                }
                deliver(other, second);
                attempt(second, () -> second.job("orders-fold").run());
                attempt(second, () -> second.job("campaign-match").run());
            });
            meanwhile.setUncaughtExceptionHandler((thread, why) -> failed.add(why));
            first.wire().meet("insert into verdicts", () -> {
                story.count("overlaps", 1);
                meanwhile.start();
                while (meanwhile.isAlive() && !somebodyWaits()) pause();
            });
            attempt(first, () -> first.job("campaign-match").run());
            if (first.wire().stopMeeting()) {
                if (joining != null) join(joining, () -> second);
                deliver(other, second);
            } else join(meanwhile);
            if (!failed.isEmpty()) throw new IllegalStateException("meanwhile", failed.getFirst());
            sums();
        }

        /** Whatever two nodes did at once: a sum that was written is the sum of what was judged. */
        private void sums() {
            books.sql("""
                    select p.offer_id, p.collector_id, p.counted, sum(v.counted) from progress p
                    join verdicts v on v.brand_id = p.brand_id and v.offer_id = p.offer_id and v.collector_id = p.collector_id
                    where p.offer_id = any(:offers)
                        and not exists (select from collectors c where c.joined_into = p.collector_id)
                    group by 1, 2, 3 having p.counted <> sum(v.counted)
                    """)
                    .param(
                            "offers",
                            story.town.deals.stream()
                                    .filter(Town.Deal::cumulative)
                                    .map(Town.Deal::id)
                                    .toArray(UUID[]::new))
                    .query(row -> {
                        story.seen.add(new Violation(
                                "progress.sum",
                                "of " + row.getString(2) + " in " + row.getString(1) + ": " + row.getLong(3)
                                        + " was written, her orders count " + row.getLong(4)));
                    });
        }

        private boolean somebodyWaits() {
            return books.sql("""
                    select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
                    """).query(Integer.class).single() > 0;
        }

        private static void pause() {
            java.util.concurrent.locks.LockSupport.parkNanos(2_000_000);
        }

        private void join(Thread thread) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        /** People: some open what they got, some sign in and turn out to be somebody who is known. */
        private void live() {
            if (random.nextInt(plan.orders <= 100 ? 3 : 6) == 0) open();
            if (random.nextInt(plan.orders <= 100 ? 2 : 12) == 0) signIn();
        }

        private void open() {
            record Owned(UUID entitlement, UUID brand, UUID collectible, int serial) {}
            List<Owned> owned = books.sql("""
                    select e.entitlement_id as entitlement, e.collectible_brand_id as brand, e.collectible_id as collectible, e.serial
                    from entitlements e where e.state = 'granted' and e.taking_back is null
                    order by e.entitlement_id
                    """).query(Owned.class).list();
            if (owned.isEmpty()) return;
            Owned one = owned.get(random.nextInt(owned.size()));
            SimNode node = anyNode();
            boolean answered = attempt(node, () -> node.bean(Pieces.class)
                    .open(new PieceNumber(new CollectibleId(new BrandId(one.brand), one.collectible), one.serial)));
            // Whether an answer that was lost had opened it: the row says so.
            if (answered || isOpened(one.brand, one.collectible, one.serial)) {
                story.opened.add(one.entitlement);
                story.count("opened", 1);
            }
        }

        private boolean isOpened(UUID brand, UUID collectible, int serial) {
            return books.sql("""
                    select opened_at is not null from pieces where brand_id = :b and collectible_id = :c and serial = :s
                    """)
                    .param("b", brand)
                    .param("c", collectible)
                    .param("s", serial)
                    .query(Boolean.class)
                    .optional()
                    .orElse(false);
        }

        /** Two buyers who are one person, and what proves it. */
        private record Two(String email, String phone) {}

        private void signIn() {
            Two two = two();
            if (two != null) join(two, this::anyNode);
        }

        private @Nullable Two two() {
            return two(story.lives.somebody(random), story.lives.somebody(random));
        }

        /** @param other whose phone turns out to be the first one's; who gives her shops an address is known by it alone */
        private @Nullable Two two(int one, int other) {
            for (int[] pair : story.joined) if (pair[1] == other) return null;
            var shop = story.town.shops.getFirst().config();
            String email = Crowd.person(shop, one).email();
            String phone = Crowd.person(shop, other).phone();
            if (email == null || phone == null || Crowd.person(shop, other).email() != null) return null;
            story.joined.add(new int[] {one, other});
            story.count("joined", 1);
            return new Two(email, phone);
        }

        /** A small world has few people who sign in by chance: here everybody who is known by a phone alone does, beside a neighbour. */
        private void everybodySignsIn() {
            for (int other : story.lives.everybody().toArray()) {
                story.lives
                        .everybody()
                        .mapToObj(one -> two(one, other))
                        .filter(java.util.Objects::nonNull)
                        .findFirst()
                        .ifPresent(two -> join(two, this::anyNode));
            }
        }

        private void join(Two two, java.util.function.Supplier<SimNode> nodes) {
            boolean done = false;
            while (!done) {
                SimNode node = nodes.get();
                done = attempt(node, () -> {
                    var keys = node.bean(BuyerKeys.class);
                    var collectors = node.bean(Collectors.class);
                    CollectorId person =
                            collectors.signedIn(keys.email(two.email).orElseThrow(), "en");
                    var phone = keys.phone(two.phone).orElseThrow();
                    collectors.join(
                            collectors
                                    .forBuyerKeys(List.of(phone))
                                    .values()
                                    .iterator()
                                    .next(),
                            person);
                });
            }
        }

        /** Time goes on until everything is due; then nothing goes wrong any more and all work is done. */
        private void end() {
            calm = true;
            story.away.clear();
            for (SimNode node : nodes) if (node.wire().isDead()) node.wire().revive();
            for (int month = 0; month < 3; month++) {
                drain();
                if (month == 0 && plan.orders <= 100) everybodySignsIn();
                clock.move(Duration.ofDays(30));
            }
            drain();
        }

        private void drain() {
            boolean more = true;
            int rounds = 0;
            while (more) {
                more = finish(anyNode().reconcile());
                for (int i = 0; i < nodes.getFirst().jobs().size(); i++)
                    more |= finish(anyNode().jobs().get(i));
                if (++rounds > 500) throw new IllegalStateException("the work does not come to an end");
            }
            watchLines();
        }

        /** @return whether there is more of it to do */
        private boolean finish(Job job) {
            boolean[] more = new boolean[1];
            around.apply(new Act(job.name(), () -> more[0] = job.run())).run();
            return more[0];
        }

        /** Who left a waiting list must have stood before everybody who still waits there. */
        private void watchLines() {
            if (!calm && plan.orders > 2_000 && random.nextInt(10) != 0) {
                lines.clear();
                return;
            }
            record Place(UUID offer, UUID id, String state, Instant paidAt) {}
            Map<UUID, List<UUID>> now = new LinkedHashMap<>();
            List<Place> all = books.sql("""
                    select e.offer_id as offer, e.entitlement_id as id, e.state, e.paid_at from entitlements e
                    where e.offer_id = any(:offers) order by e.paid_at, e.entitlement_id
                    """)
                    .param(
                            "offers",
                            story.town.deals.stream()
                                    .filter(d -> !d.cumulative())
                                    .map(Town.Deal::id)
                                    .toArray(UUID[]::new))
                    .query((row, n) -> new Place(
                            row.getObject(1, UUID.class),
                            row.getObject(2, UUID.class),
                            row.getString(3),
                            row.getTimestamp(4).toInstant()))
                    .list();
            Map<UUID, Place> byId = new HashMap<>();
            for (Place place : all) {
                byId.put(place.id, place);
                if (place.state.equals("waiting"))
                    now.computeIfAbsent(place.offer, o -> new ArrayList<>()).add(place.id);
            }
            for (Place place : all) {
                List<UUID> before = lines.get(place.offer);
                List<UUID> still = now.get(place.offer);
                if (before == null
                        || still == null
                        || !List.of("pending", "ripe", "granted").contains(place.state)) continue;
                if (!before.contains(place.id)) continue;
                for (UUID other : still) {
                    Place waits = byId.get(other);
                    if (before.contains(other) && waits != null && waits.paidAt.isBefore(place.paidAt)) {
                        story.seen.add(new Violation(
                                "waiting.order", place.id + " was served before " + other + ", who paid earlier"));
                    }
                }
            }
            lines.clear();
            lines.putAll(now);
        }
    }

    @Override
    public void close() {
        lists.close();
        ground.close();
    }
}
