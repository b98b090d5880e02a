package vitrine.demo;

import java.time.Duration;
import java.time.Instant;
import java.util.Currency;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Component;
import vitrine.catalog.Catalog;
import vitrine.catalog.Collectible;
import vitrine.drop.Drop;
import vitrine.drop.DropCodes;
import vitrine.drop.DropDraft;
import vitrine.drop.DropPlans;
import vitrine.drop.Rehearsals;
import vitrine.drop.RehearsedCrowd;
import vitrine.drop.Stage;
import vitrine.identity.Persons;
import vitrine.platform.Bilingual;
import vitrine.platform.Money;

/** Drops of the festival, one of each kind: for free and for money, first come and by lot, with a code, by number, on a list. */
@Component
class DemoDrops {

    private final DropPlans plans;
    private final DropCodes codes;
    private final Rehearsals rehearsals;
    private final Catalog catalog;
    private final Persons persons;

    DemoDrops(DropPlans plans, DropCodes codes, Rehearsals rehearsals, Catalog catalog, Persons persons) {
        this.plans = plans;
        this.codes = codes;
        this.rehearsals = rehearsals;
        this.catalog = catalog;
        this.persons = persons;
    }

    /** A second call changes nothing. */
    void publish(Instant now) {
        publish(
                "thirty-eaves",
                "seven-eaves",
                new Bilingual("三十座檐", "Thirty Eaves"),
                new Bilingual("三十件，人人都有同一秒钟。", "Thirty pieces, and the same second for everybody."),
                now.plus(Duration.ofHours(20)),
                Duration.ofDays(6),
                30,
                1,
                "everyone",
                false,
                persons.offered());
        publish(
                "with-the-wind",
                "with-the-wind",
                new Bilingual("起风了", "The Wind Is Up"),
                new Bilingual("首发五十件，每人两件。", "Fifty pieces to begin with, two each."),
                now.plusSeconds(2),
                Duration.ofDays(7),
                50,
                2,
                "everyone",
                false,
                false);
        publish(
                "your-day",
                DemoCatalog.DAYS,
                new Bilingual("挑一天", "Choose Your Day"),
                new Bilingual("三百六十五件，每件是一年里的一天。挑你的那一天。", "A piece for each day of the year. Choose yours."),
                now.plusSeconds(2),
                Duration.ofDays(5),
                60,
                1,
                "everyone",
                true,
                false);
        Drop tram = publish(
                "the-last-tram",
                "last-tram",
                new Bilingual("末班车", "The Last Tram"),
                new Bilingual(
                        "一百二十件。开放前到场的人抽签定位次。",
                        "A hundred and twenty. Whoever is there before it opens gets a place by lot."),
                now.plus(Duration.ofMinutes(40)),
                Duration.ofDays(3),
                120,
                1,
                "everyone",
                false,
                false,
                Stage.Mode.QUEUE);
        // What its staff asked themselves before: with four thousand people and a thousand accounts of bots.
        if (rehearsals.of(tram.id()).isEmpty())
            rehearsals.ask(tram, new RehearsedCrowd(5_000, 20, 50, 60, 30, 100, 80, 100, 30), 9, "Line 9");
        publish(
                "passing-through",
                "passing-comet",
                new Bilingual("路过", "Passing Through"),
                new Bilingual("六天里登记，早晚都一样。", "Six days to enter, and no hour is better than another."),
                now.plusSeconds(2),
                Duration.ofDays(6),
                100,
                1,
                "everyone",
                false,
                false,
                Stage.Mode.WINDOW);
        sell(now);
        Drop popUp = publish(
                "by-lamplight",
                "bow-lamp",
                new Bilingual("灯下一聚", "By Lamplight"),
                new Bilingual("来流明快闪店的人，每人一张卡片。", "For those who come to the Lumen pop-up: a card each."),
                now.plusSeconds(2),
                Duration.ofDays(7),
                60,
                1,
                "code",
                false,
                false);
        UUID stage = popUp.stages().getFirst().id();
        if (codes.of(popUp.id()).isEmpty()) codes.make(popUp, stage, 60, 1);
    }

    /** For money, which the sandbox's payment hosts take; it goes to a cause, and each brings something by parcel. */
    private void sell(Instant now) {
        String slug = "paper-and-ink";
        if (plans.at(slug).isPresent()) return;
        Collectible tiger = catalog.collectible("paper-tiger")
                .orElseThrow(() -> new IllegalStateException("the festival has no paper-tiger"));
        var name = new Bilingual("纸墨之间", "Paper and Ink");
        var about = new Bilingual(
                "四十件，先为你保留十分钟，付了款才有编号。", "Forty, each held for ten minutes while you pay, and numbered then.");
        var stage = new DropDraft.StageDraft(
                        null,
                        name,
                        tiger.id().value(),
                        now.plusSeconds(2),
                        now.plusSeconds(2).plus(Duration.ofDays(7)),
                        40,
                        1,
                        "everyone",
                        null,
                        10,
                        "after-days:30",
                        false,
                        false)
                .at(new Money(5_900, Currency.getInstance("CNY")))
                .with(
                        new DropDraft.CauseDraft(new Bilingual("巷口纸艺学堂", "The Paper School on the Corner"), ""),
                        new DropDraft.PromiseDraft(
                                "goods",
                                new Bilingual("手工剪纸一张", "A hand-cut print of it"),
                                new Bilingual("收到地址后两周内寄出。", "Sent within two weeks of your address."),
                                null));
        publish(slug, tiger, name, about, stage);
    }

    private Drop publish(
            String slug,
            String design,
            Bilingual name,
            Bilingual about,
            Instant opens,
            Duration lasts,
            int cap,
            int limit,
            String entry,
            boolean chosen,
            boolean onePerson) {
        return publish(slug, design, name, about, opens, lasts, cap, limit, entry, chosen, onePerson, Stage.Mode.RACE);
    }

    private Drop publish(
            String slug,
            String design,
            Bilingual name,
            Bilingual about,
            Instant opens,
            Duration lasts,
            int cap,
            int limit,
            String entry,
            boolean chosen,
            boolean onePerson,
            Stage.Mode mode) {
        Optional<Drop> there = plans.at(slug);
        if (there.isPresent()) return there.get();
        Optional<Collectible> collectible = catalog.collectible(design);
        if (collectible.isEmpty()) throw new IllegalStateException("the festival has no " + design);
        var stage = new DropDraft.StageDraft(
                        null,
                        name,
                        collectible.get().id().value(),
                        opens,
                        opens.plus(lasts),
                        cap,
                        limit,
                        entry,
                        null,
                        null,
                        "after-days:30",
                        chosen,
                        onePerson)
                .by(mode);
        return publish(slug, collectible.get(), name, about, stage);
    }

    private Drop publish(
            String slug, Collectible collectible, Bilingual name, Bilingual about, DropDraft.StageDraft stage) {
        var draft = new DropDraft(name, about, List.of(stage));
        DropPlans.Drafting drafting = plans.draft(collectible.id().brand(), slug, draft);
        if (!(drafting instanceof DropPlans.Drafting.Drafted drafted))
            throw new IllegalStateException("no draft: " + slug);
        if (!(plans.publish(drafted.id()) instanceof DropPlans.Publishing.Published published))
            throw new IllegalStateException("not published: " + slug);
        return published.drop();
    }
}
