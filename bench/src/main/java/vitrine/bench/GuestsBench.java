package vitrine.bench;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import vitrine.catalog.CollectibleId;
import vitrine.drop.Drop;
import vitrine.drop.DropDraft;
import vitrine.drop.DropPlans;
import vitrine.drop.Guests;
import vitrine.launch.Node;
import vitrine.platform.Bilingual;

/**
 * A stage's list from a file: how long it takes to read, and how fast its people are brought to the list by a server that is killed at
 * half and started again. What each line means stands in docs/performance.md.
 */
final class GuestsBench {

    private static final Bilingual DAWN = new Bilingual("破晓", "Dawn");

    private final LongFile file;

    private GuestsBench(int lines, Consumer<String> out) {
        this.file = new LongFile("list", lines, out);
    }

    /** True: everybody of the file is on the list, once. */
    static boolean run(int lines, Consumer<String> out) throws InterruptedException {
        return new GuestsBench(lines, out).run();
    }

    private boolean run() throws InterruptedException {
        Instant second = Instant.ofEpochSecond(Instant.now().getEpochSecond());
        try (Installation installation = Installation.found(second, false, this::read)) {
            return bring(installation);
        }
    }

    private void read(Node node) {
        CollectibleId moonrise = LongFile.moonrise(node);
        Instant opens = Instant.now().plus(Duration.ofDays(1));
        var stage = new DropDraft.StageDraft(
                null,
                DAWN,
                moonrise.value(),
                opens,
                opens.plus(Duration.ofDays(1)),
                null,
                1,
                "list",
                null,
                null,
                "never",
                false,
                false);
        DropPlans plans = node.bean(DropPlans.class);
        if (!(plans.draft(moonrise.brand(), "dawn", new DropDraft(DAWN, DAWN, List.of(stage)))
                instanceof DropPlans.Drafting.Drafted drafted)) throw new IllegalStateException("no draft");
        Drop drop = plans.find(drafted.id()).orElseThrow();
        Guests guests = node.bean(Guests.class);
        UUID list = guests.lists(drop).keySet().iterator().next();
        long begin = System.nanoTime();
        if (!(guests.read(drop, list, file.text()) instanceof Guests.Reading.Read(Guests.File read)))
            throw new IllegalStateException("not read");
        file.say("lines", file.lines());
        file.say("read_seconds", LongFile.seconds(begin));
        if (!(guests.begin(read, true) instanceof Guests.Beginning.Begun)) throw new IllegalStateException("not begun");
    }

    private boolean bring(Installation installation) throws InterruptedException {
        long begin = System.nanoTime();
        try (Installation.Server server =
                file.killedAtHalf(installation, "select upto from guest_files", file.lines())) {
            int people = file.people();
            file.say("brought_per_second", people * 1_000_000_000L / (System.nanoTime() - begin));
            long guests = LongFile.number(installation.database(), "select count(*) from drop_guests");
            long twice = LongFile.number(
                    installation.database(), "select count(*) from guest_lines where problem = 'twice'");
            file.say("lost", people - guests);
            file.say("named_again", twice);
            return guests == people && twice == file.lines() - people;
        }
    }
}
