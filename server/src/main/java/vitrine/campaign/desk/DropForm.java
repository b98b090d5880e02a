package vitrine.campaign.desk;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Currency;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import vitrine.drop.DropDraft;
import vitrine.drop.DropDraft.CauseDraft;
import vitrine.drop.DropDraft.PromiseDraft;
import vitrine.drop.DropDraft.StageDraft;
import vitrine.drop.Stage;
import vitrine.platform.Bilingual;
import vitrine.platform.Money;
import vitrine.platform.web.Texts;

/** A drop as it is typed: what a form says becomes a draft, and a draft a form again. */
public record DropForm(String nameZh, String nameEn, String aboutZh, String aboutEn, List<TypedStage> stages) {

    /** In which a stage can have its price. */
    public static final List<String> CURRENCIES = List.of("CNY", "EUR", "USD", "GBP", "HKD", "JPY");

    static final int NOT_A_NUMBER = -1;

    /** Stands where something was typed that is no amount: it is none either. */
    private static final String UNREADABLE = "?";

    private static final int STAGES_MAX = 6;
    private static final int HOLD_TO_PAY = 10;

    static final DropForm NOTHING = new DropForm("", "", "", "", List.of(TypedStage.NOTHING));

    /** Whom the proceeds go to, as it was typed; all empty: the brand. */
    public record TypedCause(String zh, String en, String link) {
        static final TypedCause NOTHING = new TypedCause("", "", "");

        /** Whether anything stands in its fields: what was typed is never folded away. */
        public boolean typed() {
            return !equals(NOTHING);
        }

        private @Nullable CauseDraft draft() {
            return equals(NOTHING) ? null : new CauseDraft(new Bilingual(zh, en), link);
        }

        private static TypedCause of(@Nullable CauseDraft draft) {
            return draft == null
                    ? NOTHING
                    : new TypedCause(draft.name().zh(), draft.name().en(), draft.link());
        }
    }

    /** What a piece brings besides, as it was typed. @param kind empty: nothing */
    public record TypedPromise(String kind, String zh, String en, String textZh, String textEn, String until) {
        static final TypedPromise NOTHING = new TypedPromise("", "", "", "", "", "");

        /** Whether anything stands in its fields: what was typed is never folded away. */
        public boolean typed() {
            return !equals(NOTHING);
        }

        private @Nullable PromiseDraft draft(Texts t) {
            return kind.isEmpty()
                    ? null
                    : new PromiseDraft(kind, new Bilingual(zh, en), new Bilingual(textZh, textEn), instant(until, t));
        }

        private static TypedPromise of(@Nullable PromiseDraft draft, Texts t) {
            return draft == null
                    ? NOTHING
                    : new TypedPromise(
                            draft.kind(),
                            draft.name().zh(),
                            draft.name().en(),
                            draft.text().zh(),
                            draft.text().en(),
                            said(draft.until(), t));
        }
    }

    /** A stage as it was typed. */
    public record TypedStage(
            String id,
            String nameZh,
            String nameEn,
            String collectible,
            String opens,
            String closes,
            String cap,
            String limit,
            String entry,
            String entryOf,
            String hold,
            String giftPolicy,
            boolean chosen,
            boolean onePerson,
            String mode,
            String price,
            String currency,
            TypedCause cause,
            TypedPromise promise) {
        static final TypedStage NOTHING = new TypedStage(
                "",
                "",
                "",
                "",
                "",
                "",
                "",
                "1",
                "everyone",
                "",
                "",
                "never",
                false,
                false,
                "race",
                "",
                "CNY",
                TypedCause.NOTHING,
                TypedPromise.NOTHING);

        private TypedStage under(String newId) {
            return new TypedStage(
                    newId,
                    nameZh,
                    nameEn,
                    collectible,
                    opens,
                    closes,
                    cap,
                    limit,
                    entry,
                    entryOf,
                    hold,
                    giftPolicy,
                    chosen,
                    onePerson,
                    mode,
                    price,
                    currency,
                    cause,
                    promise);
        }

        /** What somebody wrote in it, by the message key of its label; what is empty is left out. */
        public Map<String, String> texts() {
            Map<String, String> texts = new LinkedHashMap<>();
            texts.put("desk.drop.stage-zh", nameZh);
            texts.put("desk.drop.stage-en", nameEn);
            texts.put("desk.drop.opens", opens.replace('T', ' '));
            texts.put("desk.drop.closes", closes.replace('T', ' '));
            texts.put("desk.drop.cap", cap);
            texts.put("desk.drop.limit", limit);
            texts.put("desk.drop.price", price);
            texts.put("desk.drop.hold", hold);
            texts.put("desk.drop.cause-zh", cause.zh);
            texts.put("desk.drop.cause-en", cause.en);
            texts.put("desk.drop.cause-link", cause.link);
            texts.put("desk.drop.promise-zh", promise.zh);
            texts.put("desk.drop.promise-en", promise.en);
            texts.put("desk.drop.promise-how-zh", promise.textZh);
            texts.put("desk.drop.promise-how-en", promise.textEn);
            texts.values().removeIf(String::isEmpty);
            return texts;
        }

        /** Nothing was typed, ticked or chosen in it but what a form has from the beginning. */
        boolean isEmpty() {
            return (nameZh + nameEn + collectible + opens + closes + cap + hold + price).isEmpty()
                    && (limit.isEmpty() || limit.equals(NOTHING.limit))
                    && !chosen
                    && !onePerson
                    && !cause.typed()
                    && !promise.typed();
        }
    }

    /** What somebody wrote of the drop itself, by the message key of its label; what is empty is left out. */
    public Map<String, String> texts() {
        Map<String, String> texts = new LinkedHashMap<>();
        texts.put("desk.field.name-zh", nameZh);
        texts.put("desk.field.name-en", nameEn);
        texts.put("desk.exhibition.about-zh", aboutZh);
        texts.put("desk.exhibition.about-en", aboutEn);
        texts.values().removeIf(String::isEmpty);
        return texts;
    }

    /** The same, whose stages are called as they were just saved: saved once more they stay what lists and codes were made for. */
    DropForm under(DropDraft saved) {
        var ids = saved.stages().iterator();
        return new DropForm(
                nameZh,
                nameEn,
                aboutZh,
                aboutEn,
                stages.stream()
                        .map(stage -> stage.isEmpty() || !ids.hasNext()
                                ? stage
                                : stage.under(String.valueOf(ids.next().id())))
                        .toList());
    }

    static DropForm read(Map<String, String> form) {
        List<TypedStage> stages = new ArrayList<>();
        for (int n = 0; n < STAGES_MAX; n++) {
            String s = "s" + n + "-";
            var stage = new TypedStage(
                    text(form, s + "id"),
                    text(form, s + "nameZh"),
                    text(form, s + "nameEn"),
                    text(form, s + "collectible"),
                    text(form, s + "opens"),
                    text(form, s + "closes"),
                    text(form, s + "cap"),
                    text(form, s + "limit"),
                    text(form, s + "entry"),
                    text(form, s + "entryOf"),
                    text(form, s + "hold"),
                    text(form, s + "giftPolicy"),
                    text(form, s + "chosen").equals("yes"),
                    text(form, s + "onePerson").equals("yes"),
                    form.containsKey(s + "mode") ? text(form, s + "mode") : Stage.Mode.RACE.code(),
                    text(form, s + "price"),
                    form.containsKey(s + "currency") ? text(form, s + "currency") : "CNY",
                    new TypedCause(text(form, s + "causeZh"), text(form, s + "causeEn"), text(form, s + "causeLink")),
                    new TypedPromise(
                            text(form, s + "promise"),
                            text(form, s + "promiseZh"),
                            text(form, s + "promiseEn"),
                            text(form, s + "promiseTextZh"),
                            text(form, s + "promiseTextEn"),
                            text(form, s + "promiseUntil")));
            if (!stage.isEmpty() && !text(form, s + "out").equals("yes")) stages.add(stage);
        }
        return new DropForm(
                text(form, "nameZh"), text(form, "nameEn"), text(form, "aboutZh"), text(form, "aboutEn"), stages);
    }

    DropDraft draft(Texts t) {
        List<StageDraft> drafts = new ArrayList<>();
        for (TypedStage stage : stages) {
            String zh = stage.nameZh().isEmpty() ? nameZh : stage.nameZh();
            String en = stage.nameEn().isEmpty() ? nameEn : stage.nameEn();
            drafts.add(new StageDraft(
                    uuid(stage.id()),
                    new Bilingual(zh, en),
                    uuid(stage.collectible()),
                    instant(stage.opens(), t),
                    instant(stage.closes(), t),
                    number(stage.cap()),
                    Objects.requireNonNullElse(number(stage.limit()), NOT_A_NUMBER),
                    stage.entry(),
                    uuid(stage.entryOf()),
                    hold(stage),
                    stage.giftPolicy(),
                    stage.chosen(),
                    stage.onePerson(),
                    stage.mode(),
                    price(stage),
                    stage.cause().draft(),
                    stage.promise().draft(t)));
        }
        return new DropDraft(new Bilingual(nameZh, nameEn), new Bilingual(aboutZh, aboutEn), drafts);
    }

    /** What has a price is held until it is paid; ten minutes, where nothing else is said. */
    private static @Nullable Integer hold(TypedStage stage) {
        Integer typed = number(stage.hold());
        return typed == null && !stage.price().isEmpty() ? Integer.valueOf(HOLD_TO_PAY) : typed;
    }

    /** What is no amount must not be taken for nothing, which would mean free. */
    private static @Nullable Money price(TypedStage stage) {
        if (stage.price().isEmpty()) return null;
        Currency currency = CURRENCIES.contains(stage.currency())
                ? Currency.getInstance(stage.currency())
                : Currency.getInstance("CNY");
        return Objects.requireNonNullElse(Money.typed(stage.price(), currency), new Money(NOT_A_NUMBER, currency));
    }

    private static String said(@Nullable Money price) {
        if (price != null && price.minor() == NOT_A_NUMBER) return UNREADABLE;
        return price == null
                ? ""
                : BigDecimal.valueOf(price.minor(), price.currency().getDefaultFractionDigits())
                        .toPlainString();
    }

    static DropForm of(DropDraft draft, Texts t) {
        List<TypedStage> stages = new ArrayList<>(draft.stages().stream()
                .map(s -> new TypedStage(
                        said(s.id()),
                        // It bears the drop's, and goes on bearing it under another name.
                        s.name().zh().equals(draft.name().zh()) ? "" : s.name().zh(),
                        s.name().en().equals(draft.name().en()) ? "" : s.name().en(),
                        said(s.collectible()),
                        said(s.opensAt(), t),
                        said(s.closesAt(), t),
                        said(s.cap()),
                        String.valueOf(s.limit()),
                        s.entry(),
                        said(s.entryId()),
                        said(s.holdMinutes()),
                        s.giftPolicy(),
                        s.chosen(),
                        s.onePerson(),
                        s.mode(),
                        said(s.price()),
                        s.price() == null ? "CNY" : s.price().currency().getCurrencyCode(),
                        TypedCause.of(s.cause()),
                        TypedPromise.of(s.promise(), t)))
                .toList());
        return new DropForm(
                draft.name().zh(),
                draft.name().en(),
                draft.about().zh(),
                draft.about().en(),
                stages);
    }

    private static String said(@Nullable Object value) {
        return value == null ? "" : value.toString();
    }

    private static String said(@Nullable Instant at, Texts t) {
        return at == null
                ? ""
                : t.local(at).toLocalDateTime().truncatedTo(ChronoUnit.MINUTES).toString();
    }

    private static @Nullable Instant instant(String local, Texts t) {
        try {
            LocalDateTime at = LocalDateTime.parse(local);
            return Desks.isOfOurTime(at.toLocalDate()) ? at.atZone(t.zone()).toInstant() : null;
        } catch (DateTimeException e) {
            return null;
        }
    }

    /** Null: nothing was typed. What is no number must not be taken for nothing, which would mean without a limit. */
    static @Nullable Integer number(String text) {
        if (text.isEmpty()) return null;
        return text.matches("[0-9]{1,7}") ? Integer.parseInt(text) : NOT_A_NUMBER;
    }

    static @Nullable UUID uuid(String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    static String text(Map<String, String> form, String name) {
        return form.getOrDefault(name, "").strip();
    }
}
