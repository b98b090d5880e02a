package vitrine.campaign;

import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import vitrine.catalog.Brand;
import vitrine.catalog.Catalog;
import vitrine.catalog.Slugs;
import vitrine.identity.Attempts;
import vitrine.identity.Colleagues;
import vitrine.identity.Who;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.platform.BuyerKey;
import vitrine.platform.BuyerKeys;
import vitrine.platform.Ids;
import vitrine.platform.Job;
import vitrine.platform.Keys;
import vitrine.platform.messages.Address;
import vitrine.platform.messages.Messages;
import vitrine.platform.web.Heres;
import vitrine.platform.web.Language;
import vitrine.platform.web.Texts;

/**
 * Brands and creators who ask the house to be shown. Staff read it and answer: an invitation makes the brand and its first
 * colleague, or lists the creator, in the transaction that writes the mail. A while after its answer an application is deleted, with whoever
 * sent it; that it was answered stands in the audit log.
 */
@Component
public class Applications implements Job {

    /** So long an answered one is kept, for whoever asks back. */
    public static final Duration KEPT = Duration.ofDays(30);

    public static final int NAME_MAX = 80;
    public static final int WORDS_MAX = 1_000;
    public static final int URL_MAX = 200;
    private static final int A_DAY_FROM_ONE_NETWORK = 5;
    private static final int A_DAY_FROM_ONE_ADDRESS = 2;
    private static final String SEALED_AS = "address";

    private final JdbcClient db;
    private final Catalog catalog;
    private final Colleagues colleagues;
    private final Attempts attempts;
    private final BuyerKeys addresses;
    private final Keys keys;
    private final Messages messages;
    private final Heres heres;
    private final Ids ids;
    private final Clock clock;

    Applications(
            JdbcClient db,
            Catalog catalog,
            Colleagues colleagues,
            Attempts attempts,
            BuyerKeys addresses,
            Keys keys,
            Messages messages,
            Heres heres,
            Ids ids,
            Clock clock) {
        this.db = db;
        this.catalog = catalog;
        this.colleagues = colleagues;
        this.attempts = attempts;
        this.addresses = addresses;
        this.keys = keys;
        this.messages = messages;
        this.heres = heres;
        this.ids = ids;
        this.clock = clock;
    }

    public enum Kind {
        BRAND,
        CREATOR;

        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }

        public static Kind of(String code) {
            return code.equals("creator") ? CREATOR : BRAND;
        }
    }

    /**
     * As it was typed.
     *
     * @param doubtful a field that people do not see was filled in: by a machine, or by a browser that meant well
     */
    public record Form(
            Kind kind,
            Bilingual name,
            String website,
            String words,
            String person,
            String email,
            Language language,
            boolean doubtful) {}

    public sealed interface Sent {
        /** It lies with the house; also where the same address asked before and has no answer yet. */
        record Received() implements Sent {}

        /** {@code application.no-name} and the like. */
        record Incomplete(String code) implements Sent {}

        record TooOften(int allowed, Duration retryAfter) implements Sent {}

        /** There is no house that could read it. */
        record Closed() implements Sent {}
    }

    public record Application(
            UUID id,
            Kind kind,
            Bilingual name,
            String website,
            String words,
            String person,
            String email,
            Language language,
            Instant madeAt,
            boolean doubtful,
            String state,
            @Nullable Instant answeredAt) {}

    @Transactional
    public Sent send(Form form, String remoteAddress) {
        Optional<Brand> house = catalog.house();
        if (house.isEmpty()) return new Sent.Closed();
        String flaw = flaw(form);
        if (flaw != null) return new Sent.Incomplete(flaw);
        BuyerKey address = addresses.email(form.email()).orElseThrow();
        var byNetwork =
                attempts.count("apply", Attempts.network(remoteAddress), A_DAY_FROM_ONE_NETWORK, Duration.ofDays(1));
        if (byNetwork instanceof Attempts.Counted.TooMany(int allowed, Duration after)) {
            return new Sent.TooOften(allowed, after);
        }
        var byAddress = attempts.count(
                "apply-address",
                java.util.HexFormat.of().formatHex(address.hash()),
                A_DAY_FROM_ONE_ADDRESS,
                Duration.ofDays(1));
        if (byAddress instanceof Attempts.Counted.TooMany(int allowed, Duration after)) {
            return new Sent.TooOften(allowed, after);
        }
        // Leans on applications_one_open: who asks again while it is read says nothing new.
        int added = db.sql("""
                insert into applications (brand_id, application_id, kind, name_zh, name_en, website, words, person, address_key,
                    address_sealed, language, made_at, doubtful, state)
                values (:house, :id, :kind, :nameZh, :nameEn, :website, :words, :person, :key, :sealed, :language, :now, :doubtful, 'open')
                on conflict do nothing
                """)
                .param("house", house.get().id().value())
                .param("id", ids.next())
                .param("kind", form.kind().code())
                .param("nameZh", form.name().zh())
                .param("nameEn", form.name().en())
                .param("website", form.website())
                .param("words", form.words())
                .param("person", form.person())
                .param("key", address.hash())
                .param("sealed", keys.seal(SEALED_AS, form.email().getBytes(StandardCharsets.UTF_8)))
                .param("language", form.language().code())
                .param("now", Timestamp.from(clock.instant()))
                .param("doubtful", form.doubtful())
                .update();
        // A machine makes us write to nobody.
        if (added == 1 && !form.doubtful()) {
            Texts t = heres.texts(form.language());
            messages.write(
                    Address.email(form.email()),
                    t.get("apply.mail.received"),
                    t.get(
                            "apply.mail.received-text",
                            form.person(),
                            t.either(form.name().zh(), form.name().en())));
        }
        return new Sent.Received();
    }

    private @Nullable String flaw(Form form) {
        if (form.name().zh().isBlank() && form.name().en().isBlank()) return "application.no-name";
        if (form.person().isBlank()) return "application.no-person";
        if (addresses.email(form.email()).isEmpty()) return "sign-in.not-an-address";
        if (!form.website().isEmpty() && !form.website().matches("https?://[^\\s/]+\\.[^\\s]+"))
            return "application.no-website";
        boolean tooLong = form.name().zh().length() > NAME_MAX
                || form.name().en().length() > NAME_MAX
                || form.person().length() > NAME_MAX
                || form.website().length() > URL_MAX
                || form.words().length() > WORDS_MAX;
        return tooLong ? "application.too-long" : null;
    }

    /** The open ones first, of them those that a machine may have sent last, then the newest. */
    public List<Application> of(BrandId house, int most) {
        return db.sql("""
                select * from applications where brand_id = :house order by state <> 'open', state = 'open' and doubtful, application_id desc limit :most
                """)
                .param("house", house.value())
                .param("most", most)
                .query(this::application)
                .list();
    }

    /** What whoever has these addresses asked the house. */
    public List<Application> of(List<BuyerKey> addresses) {
        return db.sql("""
                select * from applications where brand_id in (select brand_id from brands) and address_key = any(:keys::bytea[])
                order by application_id
                """)
                .param("keys", hashes(addresses))
                .query(this::application)
                .list();
    }

    void forget(List<BuyerKey> addresses) {
        db.sql("""
                delete from applications where brand_id in (select brand_id from brands) and address_key = any(:keys::bytea[])
                """).param("keys", hashes(addresses)).update();
    }

    private static SqlArrayValue hashes(List<BuyerKey> addresses) {
        return new SqlArrayValue(
                "bytea", (Object[]) addresses.stream().map(BuyerKey::hash).toArray(byte[][]::new));
    }

    @Override
    public String name() {
        return "applications";
    }

    @Override
    public Duration pause() {
        return Duration.ofHours(1);
    }

    @Override
    public boolean run() {
        return db.sql(
                                "delete from applications where brand_id in (select brand_id from brands) and answered_at < :then")
                        .param("then", Timestamp.from(clock.instant().minus(KEPT)))
                        .update()
                > 0;
    }

    /** How staff answered. */
    public sealed interface Answered {
        record Invited() implements Answered {}

        record Declined() implements Answered {}

        record SlugTaken(String slug) implements Answered {}

        record NotASlug() implements Answered {}

        /** Somebody answered it before, or it is not there. */
        record Gone() implements Answered {}
    }

    @Transactional
    public Answered invite(BrandId house, UUID id, String slug, Who by) {
        if (!Slugs.valid(slug)) return new Answered.NotASlug();
        Application asked = locked(house, id).orElse(null);
        if (asked == null) return new Answered.Gone();
        if (asked.kind() == Kind.BRAND && catalog.brand(slug).isPresent()) return new Answered.SlugTaken(slug);
        Texts t = heres.texts(asked.language());
        Bilingual name = new Bilingual(
                t.either(asked.name().zh(), asked.name().en()),
                t.either(asked.name().en(), asked.name().zh()));
        String path =
                switch (asked.kind()) {
                    case BRAND -> {
                        BrandId brand = catalog.addBrand(Brand.Kind.BRAND, slug, name, new Bilingual("", ""), "plain");
                        colleagues.join(
                                brand, colleagues.add(asked.person(), asked.email()), Colleagues.Role.TEAM, null, by);
                        yield "/desk/" + slug;
                    }
                    case CREATOR -> {
                        // Her own page opens with her first work: until then there is nothing at its address.
                        catalog.addCreator(house, slug, name, new Bilingual("", ""), false);
                        yield "/";
                    }
                };
        answered(house, id, "invited", by);
        messages.write(
                Address.email(asked.email()),
                t.get("apply.mail.invited"),
                t.get(
                        "apply.mail.invited-" + asked.kind().code(),
                        asked.person(),
                        t.of(name),
                        heres.baseUrl().replaceFirst("/+$", "") + path));
        return new Answered.Invited();
    }

    @Transactional
    public Answered decline(BrandId house, UUID id, Who by) {
        Application asked = locked(house, id).orElse(null);
        if (asked == null) return new Answered.Gone();
        answered(house, id, "declined", by);
        Texts t = heres.texts(asked.language());
        messages.write(
                Address.email(asked.email()),
                t.get("apply.mail.declined"),
                t.get(
                        "apply.mail.declined-text",
                        asked.person(),
                        t.either(asked.name().zh(), asked.name().en())));
        return new Answered.Declined();
    }

    private Optional<Application> locked(BrandId house, UUID id) {
        return db.sql("""
                select * from applications where brand_id = :house and application_id = :id and state = 'open' for update
                """)
                .param("house", house.value())
                .param("id", id)
                .query(this::application)
                .optional();
    }

    private void answered(BrandId house, UUID id, String state, Who by) {
        db.sql("""
                update applications set state = :state, answered_at = :now, answered_by = :by
                where brand_id = :house and application_id = :id
                """)
                .param("state", state)
                .param("now", Timestamp.from(clock.instant()))
                .param("by", by.actor())
                .param("house", house.value())
                .param("id", id)
                .update();
    }

    private Application application(ResultSet row, int n) throws SQLException {
        Timestamp answered = row.getTimestamp("answered_at");
        Language language = Language.named(row.getString("language"));
        return new Application(
                row.getObject("application_id", UUID.class),
                Kind.of(row.getString("kind")),
                new Bilingual(row.getString("name_zh"), row.getString("name_en")),
                row.getString("website"),
                row.getString("words"),
                row.getString("person"),
                new String(keys.unseal(SEALED_AS, row.getBytes("address_sealed")), StandardCharsets.UTF_8),
                language == null ? Language.ZH : language,
                row.getTimestamp("made_at").toInstant(),
                row.getBoolean("doubtful"),
                row.getString("state"),
                answered == null ? null : answered.toInstant());
    }
}
