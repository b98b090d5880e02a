package vitrine.platform.web;

import gg.jte.Content;
import java.math.BigDecimal;
import java.text.NumberFormat;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Currency;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import vitrine.platform.Bilingual;
import vitrine.platform.Money;

/**
 * The words, numbers, dates and sums of one reader. A message holds {@code {0}} for an argument and
 * {@code {0|piece|pieces}} for a word that follows a number; it may carry markup, its arguments never do.
 */
public final class Texts {
    private final Phrases phrases;
    private final Language language;
    private final ZoneId zone;
    private final InstantSource clock;
    private final UnaryOperator<Instant> business;

    public Texts(Phrases phrases, Language language, ZoneId zone, InstantSource clock) {
        this(phrases, language, zone, clock, real -> real);
    }

    /** @param business the business time that it was when the real clock, by which the log signs, said another */
    Texts(Phrases phrases, Language language, ZoneId zone, InstantSource clock, UnaryOperator<Instant> business) {
        this.phrases = phrases;
        this.language = language;
        this.zone = zone;
        this.clock = clock;
        this.business = business;
    }

    public Language language() {
        return language;
    }

    /** The same place and time in another language: for what is written down in both. */
    public Texts in(Language other) {
        return new Texts(phrases, other, zone, clock, business);
    }

    public ZoneId zone() {
        return zone;
    }

    public boolean has(String key) {
        return phrases.has(key);
    }

    /** Plain text, for titles, labels and mails. */
    public String get(String key, @Nullable Object... arguments) {
        var text = new StringBuilder();
        write(key, arguments, text::append, text::append);
        return text.toString();
    }

    /** Text with the message's own markup; what comes in as an argument is escaped. */
    public Content say(String key, @Nullable Object... arguments) {
        return output -> write(key, arguments, output::writeContent, output::writeUserContent);
    }

    /** A name as it is quoted in running text: 「霜降」 or “Frost”. */
    public String quoted(String name) {
        return language == Language.ZH ? "「" + name + "」" : "“" + name + "”";
    }

    /** Of a name kept in both languages the one for this reader; the other where this one was not given. */
    public String either(@Nullable String zh, @Nullable String en) {
        var first = language == Language.ZH ? zh : en;
        if (first != null && !first.isBlank()) return first;
        var second = language == Language.ZH ? en : zh;
        return second == null ? "" : second;
    }

    public String of(Bilingual names) {
        return either(names.zh(), names.en());
    }

    public String number(long value) {
        return NumberFormat.getIntegerInstance(language.locale()).format(value);
    }

    /** A sum with all the digits of its currency: {@code 41.00 元}, {@code ¥41.00}. */
    public String money(long minor, String currency) {
        return money(minor, currency, false);
    }

    public String money(Money sum) {
        return money(sum.minor(), sum.currency().getCurrencyCode());
    }

    public String price(Money sum) {
        return price(sum.minor(), sum.currency().getCurrencyCode());
    }

    /** A sum inside a sentence: whole amounts lose their zeros. */
    public String price(long minor, String currency) {
        return money(minor, currency, true);
    }

    /** The bare figure, for columns under a currency that was said once. */
    public String amount(long minor, String currency) {
        return figure(minor, digits(currency), false);
    }

    private String money(long minor, String currency, boolean short_) {
        var figure = figure(minor, digits(currency), short_);
        if (language == Language.ZH) {
            var name = currency.equals("CNY")
                    ? "元"
                    : Currency.getInstance(currency).getDisplayName(language.locale());
            return figure + " " + name;
        }
        var symbol =
                switch (currency) {
                    case "CNY" -> "¥";
                    case "USD" -> "$";
                    case "EUR" -> "€";
                    case "GBP" -> "£";
                    default -> currency + " ";
                };
        return figure.startsWith("-") ? "-" + symbol + figure.substring(1) : symbol + figure;
    }

    private static int digits(String currency) {
        return Math.max(0, Currency.getInstance(currency).getDefaultFractionDigits());
    }

    private String figure(long minor, int digits, boolean short_) {
        var format = NumberFormat.getNumberInstance(language.locale());
        var value = BigDecimal.valueOf(minor, digits);
        var whole = short_ && value.stripTrailingZeros().scale() <= 0;
        format.setMinimumFractionDigits(whole ? 0 : digits);
        format.setMaximumFractionDigits(digits);
        return format.format(value);
    }

    /** {@code 11 月 6 日}, {@code 6 November}; the year is said when it is not this one. */
    public String date(Instant at) {
        return date(at.atZone(zone).toLocalDate());
    }

    public String date(LocalDate day) {
        var sameYear = day.getYear() == clock.instant().atZone(zone).getYear();
        var pattern = language == Language.ZH
                ? (sameYear ? "M 月 d 日" : "yyyy 年 M 月 d 日")
                : (sameYear ? "d MMMM" : "d MMMM yyyy");
        return DateTimeFormatter.ofPattern(pattern, language.locale()).format(day);
    }

    /** With the year, whatever the year: for certificates and rules. */
    public String fullDate(Instant at) {
        var pattern = language == Language.ZH ? "yyyy 年 M 月 d 日" : "d MMMM yyyy";
        return DateTimeFormatter.ofPattern(pattern, language.locale()).format(at.atZone(zone));
    }

    public String time(Instant at) {
        return DateTimeFormatter.ofPattern("HH:mm", language.locale()).format(at.atZone(zone));
    }

    public String dateTime(Instant at) {
        return language == Language.ZH ? date(at) + " " + time(at) : date(at) + ", " + time(at);
    }

    /** With the zone, for a time by which somebody has to act: {@code 11 月 6 日 20:00 GMT+8}, {@code 6 November, 20:00 GMT+8}. */
    public String zonedTime(Instant at) {
        return dateTime(at) + " " + offset(at);
    }

    /** Whose time it is that is told: {@code 中国时间 (GMT+8)}, {@code China Time (GMT+8)}. */
    public String zoneName() {
        return DateTimeFormatter.ofPattern("vvvv", language.locale())
                        .format(clock.instant().atZone(zone)) + " (" + offset(clock.instant()) + ")";
    }

    private String offset(Instant at) {
        return DateTimeFormatter.ofPattern("O", language.locale()).format(at.atZone(zone));
    }

    /** {@code 六}, {@code Sat}. */
    public String weekday(LocalDate day) {
        var pattern = language == Language.ZH ? "EEEEE" : "EEE";
        return DateTimeFormatter.ofPattern(pattern, language.locale()).format(day);
    }

    /** {@code 十一月}, {@code November}. */
    public String month(LocalDate day) {
        return DateTimeFormatter.ofPattern("LLLL", language.locale()).format(day);
    }

    /** {@code 2026 年 3 月}, {@code March 2026}. */
    public String yearMonth(Instant at) {
        var pattern = language == Language.ZH ? "yyyy 年 M 月" : "MMMM yyyy";
        return DateTimeFormatter.ofPattern(pattern, language.locale()).format(at.atZone(zone));
    }

    /** {@code 11.21}, {@code 21 Nov}: a day in a corner. */
    public String shortDate(Instant at) {
        return DateTimeFormatter.ofPattern(language == Language.ZH ? "M.d" : "d MMM", language.locale())
                .format(at.atZone(zone));
    }

    /** The year alone, as a caption gives it. */
    public String year(Instant at) {
        return String.valueOf(at.atZone(zone).getYear());
    }

    public ZonedDateTime local(Instant at) {
        return at.atZone(zone);
    }

    public Instant now() {
        return clock.instant();
    }

    /** A time of the log, or of what staff did, which is real: as it is told beside times of the business. They differ in a demo whose clock was moved. */
    public Instant ofLog(Instant real) {
        return business.apply(real);
    }

    /** How long until then, in the two largest units that say something; null when it is over. */
    public @Nullable String until(Instant then) {
        var left = Duration.between(clock.instant(), then);
        if (left.isNegative() || left.isZero()) return null;
        if (left.toDays() > 0)
            return left.toHoursPart() == 0
                    ? get("span.days", left.toDays())
                    : get("span.days-hours", left.toDays(), left.toHoursPart());
        if (left.toHours() > 0)
            return left.toMinutesPart() == 0
                    ? get("span.hours", left.toHours())
                    : get("span.hours-minutes", left.toHours(), left.toMinutesPart());
        return get("span.minutes", Math.max(1, left.toMinutes()));
    }

    public long daysUntil(Instant then) {
        return ChronoUnit.DAYS.between(
                clock.instant().atZone(zone).toLocalDate(), then.atZone(zone).toLocalDate());
    }

    /** {@code a、b 和 c}; {@code a, b and c}. */
    public String list(List<String> parts) {
        return list(parts, "list.and");
    }

    /** Of which any one will do: {@code a、b 或 c}; {@code a, b or c}. */
    public String anyOf(List<String> parts) {
        return list(parts, "list.or");
    }

    private String list(List<String> parts, String last) {
        if (parts.size() < 2) return String.join("", parts);
        var head = String.join(get("list.comma"), parts.subList(0, parts.size() - 1));
        return head + get(last) + parts.getLast();
    }

    private interface Sink {
        void write(String text);
    }

    private void write(String key, @Nullable Object[] arguments, Sink ours, Sink theirs) {
        var pattern = phrases.pattern(language, key);
        if (pattern == null) {
            // A test finds a key without words; a reader gets the key instead of a broken page.
            theirs.write(key);
            return;
        }
        var at = 0;
        while (true) {
            var open = pattern.indexOf('{', at);
            if (open < 0) break;
            var close = pattern.indexOf('}', open);
            if (close < 0) break;
            ours.write(pattern.substring(at, open));
            var hole = pattern.substring(open + 1, close).split("\\|", -1);
            var argument = argument(arguments, hole[0]);
            if (hole.length == 3) {
                ours.write(isOne(argument) ? hole[1] : hole[2]);
            } else {
                theirs.write(shown(argument));
            }
            at = close + 1;
        }
        ours.write(pattern.substring(at));
    }

    private static @Nullable Object argument(@Nullable Object[] arguments, String index) {
        var i = Integer.parseInt(index);
        return i < arguments.length ? arguments[i] : null;
    }

    private static boolean isOne(@Nullable Object value) {
        return value instanceof Number number && number.longValue() == 1;
    }

    private String shown(@Nullable Object value) {
        if (value instanceof Integer || value instanceof Long) return number(((Number) value).longValue());
        if (value instanceof Instant instant) return dateTime(instant);
        if (value instanceof LocalDate day) return date(day);
        return value == null ? "" : value.toString();
    }
}
