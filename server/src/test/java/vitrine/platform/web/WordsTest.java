package vitrine.platform.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import vitrine.campaign.rules.Verdict;

class WordsTest {
    private static final Path SOURCES = Path.of("src/main");
    private static final Pattern LITERAL = Pattern.compile("\"([a-z][a-z0-9-]*(?:\\.[a-z0-9-]+)+\\.?)\"");
    private static final Pattern PREFIX = Pattern.compile("\"([a-z][a-z0-9-]*\\.(?:[a-z0-9.-]*[.-])?)\"");
    private static final Pattern SUFFIX = Pattern.compile("\"(-[a-z][a-z-]*)\"");
    private static final Pattern ASKED =
            Pattern.compile("\\bt(?:exts)?\\.(?:get|say)\\(\\s*\"([^\".]+\\.[^\"]+)\"\\s*[,)]");
    private static final Pattern CHINESE = Pattern.compile("\\p{IsHan}");

    private final Phrases phrases = new Phrases();
    private final Texts zh = texts(Language.ZH);
    private final Texts en = texts(Language.EN);

    private Texts texts(Language language) {
        return new Texts(phrases, language, ZoneId.of("Asia/Shanghai"), () -> Instant.parse("2026-11-21T04:00:00Z"));
    }

    @Test
    void everyWordIsThereInBothLanguages() {
        assertThat(phrases.keys(Language.EN)).isEqualTo(phrases.keys(Language.ZH));
    }

    @Test
    void everyWordThatAPageAsksForIsThere() throws IOException {
        var asked = new TreeSet<String>();
        for (var source : sources()) {
            var matcher = ASKED.matcher(source);
            while (matcher.find()) asked.add(matcher.group(1));
        }
        assertThat(asked).isNotEmpty().allSatisfy(key -> assertThat(phrases.keys(Language.ZH))
                .contains(key));
    }

    @Test
    void aTimeByWhichSomebodyHasToActNamesItsZone() {
        Instant at = Instant.parse("2026-11-21T12:00:00Z");
        assertThat(zh.zonedTime(at)).isEqualTo("11 月 21 日 20:00 GMT+8");
        assertThat(en.zonedTime(at)).isEqualTo("21 November, 20:00 GMT+8");
        assertThat(zh.zoneName()).isEqualTo("中国时间 (GMT+8)");
        assertThat(en.zoneName()).isEqualTo("China Time (GMT+8)");
    }

    /** Pages ask for some words by a code: each that the code can be has its word. */
    @Test
    void whatAPageAsksForByACodeIsThereForEach() throws ReflectiveOperationException {
        var asked = new TreeSet<String>();
        for (String code : verdicts(Verdict.class)) asked.add("desk.verdict." + code);
        for (var family : Map.ofEntries(
                        Map.entry("account.news.", "identity.News$Topic"),
                        Map.entry("apply.", "campaign.Applications$Kind"),
                        Map.entry("desk.bulk.", "campaign.BulkActs$Kind"),
                        Map.entry("desk.drop.mode.", "drop.Stage$Mode"),
                        Map.entry("desk.drop.promise.", "ownership.Promise$Kind"),
                        Map.entry("desk.entitlement.state.", "campaign.rules.State"),
                        Map.entry("desk.line.state.", "drop.WaitingRoom$State"),
                        Map.entry("desk.log.state.", "ledger.Logs$State"),
                        Map.entry("desk.piece.origin.", "campaign.Origin"),
                        Map.entry("desk.may.", "platform.api.Permission"),
                        Map.entry("desk.questions.template.", "campaign.desk.QuestionsDesk$Template"),
                        Map.entry("desk.rehearsal.mode.", "drop.Stage$Mode"),
                        Map.entry("desk.role.", "identity.Colleagues$Role"),
                        Map.entry("drop.entry.", "drop.Stage$Entry"),
                        Map.entry("drop.pay.", "campaign.web.PayPage$State"),
                        Map.entry("drop.pay.way.", "payment.Way"),
                        Map.entry("drop.phase.", "drop.LiveDrops$Phase"),
                        Map.entry("drop.review.", "drop.Reviews$Reason"),
                        Map.entry("drop.undone.", "drop.SaleReturns$Why"),
                        Map.entry("give.step.", "market.Transfer$State"),
                        Map.entry("media.captions.", "platform.web.Language"),
                        Map.entry("money.confirm.unit-", "drop.SaleReturns$Unit"),
                        Map.entry("money.difference.", "payment.Reconciliation$Reason"),
                        Map.entry("money.dispute.", "payment.DisputeState$Is"),
                        Map.entry("money.is.", "payment.PaymentState$Is"),
                        Map.entry("money.undone.", "drop.SaleReturns$Why"),
                        Map.entry("news.", "identity.News$Topic"),
                        Map.entry("payment.way.", "payment.Way"),
                        Map.entry("promise.kind.", "ownership.Promise$Kind"),
                        Map.entry("search.kind.", "identity.Follows$Kind"),
                        Map.entry("shop.delivery.", "shop.Delivery$State"))
                .entrySet())
            for (Object one : Class.forName("vitrine." + family.getValue()).getEnumConstants())
                asked.add(family.getKey() + code(one));
        for (var language : Language.values())
            assertThat(phrases.keys(language)).as(language.code()).containsAll(asked);
    }

    /** As it says itself, or as it is called. */
    private static String code(Object one) throws ReflectiveOperationException {
        for (String name : List.of("code", "text", "scope")) {
            for (var method : one.getClass().getMethods()) {
                if (!method.getName().equals(name) || method.getParameterCount() > 0) continue;
                method.setAccessible(true);
                return (String) method.invoke(one);
            }
        }
        return ((Enum<?>) one).name().toLowerCase(Locale.ROOT);
    }

    /** Of each thing that an offer can say, whatever its numbers are. */
    private static Set<String> verdicts(Class<?> family) throws ReflectiveOperationException {
        var codes = new TreeSet<String>();
        for (Class<?> one : family.getPermittedSubclasses()) {
            if (one.isInterface()) codes.addAll(verdicts(one));
            else {
                var parts = Arrays.stream(one.getRecordComponents())
                        .map(RecordComponent::getType)
                        .toArray(Class<?>[]::new);
                var none = Arrays.stream(parts)
                        .map(type -> type == long.class ? (Object) 0L : type == int.class ? (Object) 0 : null)
                        .toArray();
                codes.add(((Verdict) one.getDeclaredConstructor(parts).newInstance(none)).code());
            }
        }
        return codes;
    }

    @Test
    void noWordIsLeftOver() throws IOException {
        var literals = new TreeSet<String>();
        var prefixes = new TreeSet<String>();
        var suffixes = new TreeSet<String>();
        for (var source : sources()) {
            var matcher = LITERAL.matcher(source);
            while (matcher.find()) literals.add(matcher.group(1));
            matcher = PREFIX.matcher(source);
            while (matcher.find()) prefixes.add(matcher.group(1));
            matcher = SUFFIX.matcher(source);
            while (matcher.find()) suffixes.add(matcher.group(1));
        }
        Set<String> unused = phrases.keys(Language.ZH).stream()
                .filter(key -> !literals.contains(key))
                .filter(key -> prefixes.stream().noneMatch(key::startsWith))
                .filter(key -> suffixes.stream()
                        .noneMatch(
                                end -> key.endsWith(end) && phrases.has(key.substring(0, key.length() - end.length()))))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(unused).isEmpty();
    }

    @Test
    void noTemplateCarriesWordsOfItsOwn() throws IOException {
        try (var templates = Files.walk(SOURCES.resolve("jte"))) {
            for (var template : templates.filter(Files::isRegularFile).toList()) {
                var text = Files.readString(template).replaceAll("(?s)<%--.*?--%>", "");
                assertThat(CHINESE.matcher(text).find())
                        .as("Chinese text in %s belongs into messages/", template)
                        .isFalse();
            }
        }
    }

    @Test
    void aWordFollowsItsNumber() {
        assertThat(en.get("span.minutes", 1)).isEqualTo("1 minute");
        assertThat(en.get("span.minutes", 3)).isEqualTo("3 minutes");
        assertThat(zh.get("span.minutes", 3)).isEqualTo("3 分钟");
    }

    @Test
    void sumsCarryTheDigitsOfTheirCurrency() {
        assertThat(zh.money(25900, "CNY")).isEqualTo("259.00 元");
        assertThat(en.money(25900, "CNY")).isEqualTo("¥259.00");
        assertThat(en.money(1500, "JPY")).isEqualTo("JPY 1,500");
        assertThat(zh.price(29900, "CNY")).isEqualTo("299 元");
        assertThat(zh.price(29950, "CNY")).isEqualTo("299.50 元");
        assertThat(en.money(-600, "USD")).isEqualTo("-$6.00");
    }

    @Test
    void datesAreThoseOfTheConfiguredZone() {
        var lateInLondon = Instant.parse("2026-11-05T20:30:00Z");
        assertThat(zh.date(lateInLondon)).isEqualTo("11 月 6 日");
        assertThat(en.dateTime(lateInLondon)).isEqualTo("6 November, 04:30");
        assertThat(en.date(Instant.parse("2025-03-02T00:00:00Z"))).isEqualTo("2 March 2025");
        assertThat(zh.until(Instant.parse("2026-11-28T02:00:00Z"))).isEqualTo("6 天 22 小时");
        assertThat(zh.until(Instant.parse("2026-11-20T02:00:00Z"))).isNull();
    }

    @Test
    void aNameGivenInOneLanguageStandsInForTheOther() {
        assertThat(en.either("白露", "")).isEqualTo("白露");
        assertThat(en.list(List.of("a", "b", "c"))).isEqualTo("a, b and c");
        assertThat(zh.list(List.of("甲", "乙"))).isEqualTo("甲和乙");
    }

    private static List<String> sources() throws IOException {
        try (var files = Files.walk(SOURCES)) {
            return files.filter(file ->
                            file.toString().endsWith(".jte") || file.toString().endsWith(".java"))
                    .map(file -> {
                        try {
                            return Files.readString(file);
                        } catch (IOException e) {
                            throw new java.io.UncheckedIOException(e);
                        }
                    })
                    .toList();
        }
    }
}
