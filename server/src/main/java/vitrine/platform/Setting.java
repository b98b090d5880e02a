package vitrine.platform;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Every setting that Vitrine has: its name in the environment, its default, its meaning. {@code docs/configuration.md}
 * is made from this list, so a setting that is not here does not exist.
 */
public enum Setting {
    BASE_URL(
            "VITRINE_BASE_URL",
            null,
            "http://localhost:PORT",
            "The one public address, without a path. Certificates, mail links, QR codes, cookies and the log's origin are"
                    + " made from it. Settle it before the first piece is recorded: the log's origin cannot change."),
    PORT("VITRINE_PORT", "8080", null, "The port that serves visitors and shops. 0 takes a free one."),
    BIND(
            "VITRINE_BIND",
            "127.0.0.1",
            null,
            "The address to listen on. Keep it behind your proxy; 0.0.0.0 lets the whole network in, for instance a phone"
                    + " beside the demo."),
    MANAGEMENT_PORT(
            "VITRINE_MANAGEMENT_PORT",
            "0",
            "a free one, printed at start",
            "The port of health and Prometheus metrics, on 127.0.0.1 alone."),
    DATA(
            "VITRINE_DATA",
            ".vitrine",
            null,
            "The folder of keys, embedded database and high-water file, readable by its owner alone. Back it up."),
    DEMO("VITRINE_DEMO", "on", null, "Whether the demo is loaded at the first start: on or off."),
    ZONE(
            "VITRINE_ZONE",
            "Asia/Shanghai",
            null,
            "The time zone in which pages and mails show dates, as in Europe/Berlin, and with which a campaign begins. The"
                    + " working days of a campaign follow its published rules instead."),
    SANDBOX_URL(
            "VITRINE_SANDBOX_URL",
            null,
            "set by ./vitrine up",
            "Where the stand-in for the outside world listens, which plays the demo's shops."),
    DB_URL(
            "VITRINE_DB_URL",
            null,
            "the embedded PostgreSQL 18",
            "The PostgreSQL to use, 15 to 18: jdbc:postgresql://host:5432/name or postgres://user:password@host:5432/name."),
    DB_USER("VITRINE_DB_USER", null, "from the URL", "The database's user; it must own the database, to migrate it."),
    DB_PASSWORD("VITRINE_DB_PASSWORD", null, "from the URL", "The database user's password."),
    DB_POOL(
            "VITRINE_DB_POOL",
            "16",
            null,
            "How many connections to the database a node keeps; drops take up to six more."),
    SMTP_URL(
            "VITRINE_SMTP_URL",
            null,
            "none: the demo shows its messages on a page, an installation without a demo sends none",
            "The mail server for sign-in and gift mails: smtp://user:password@host:587 or smtps://user:password@host:465."),
    MAIL_FROM(
            "VITRINE_MAIL_FROM",
            null,
            "no-reply at the base URL's host",
            "Who our mails come from: a plain address, or a name with the address in angle brackets."),
    PERSON_CHECK_URL(
            "VITRINE_PERSON_CHECK_URL",
            null,
            "none: nobody is asked to confirm, and no drop can demand it",
            "The page of whoever tells one human from another, for drops that count people and not accounts"
                    + " (docs/identity.md)."),
    PERSON_CHECK_KEY(
            "VITRINE_PERSON_CHECK_KEY", null, "none", "The secret with which that provider signs its answers."),
    BEACON_CHAIN(
            "VITRINE_BEACON_CHAIN",
            null,
            "drand's quicknet",
            "The drand network whose rounds give the places in a queue (docs/waiting-room.md): what a relay of it answers at"
                    + " /info. Its key is in there, so no relay is trusted."),
    BEACON_RELAYS(
            "VITRINE_BEACON_RELAYS",
            null,
            "none: a colleague brings the round",
            "Where those rounds are fetched: addresses of drand relays, with commas between them."),
    QUEUE_CLAIMS_PER_SECOND(
            "VITRINE_QUEUE_CLAIMS_PER_SECOND",
            null,
            "100",
            "How many claims in a second the line before a drop is called for; fewer where fewer come or get through."),
    JOIN_WORK(
            "VITRINE_JOIN_WORK",
            null,
            "50000",
            "How many numbers a browser has to try at most before it comes into a waiting room, about a second on a phone for the"
                    + " default; 0: none."),
    WITNESSES(
            "VITRINE_WITNESSES",
            null,
            "witnesses.policy in the data folder, if it is there",
            "A file that says who cosigns the log's checkpoints, where they are asked and how many must: C2SP tlog-policy."
                    + " It is read again when it changes."),
    WITNESS_PATIENCE(
            "VITRINE_WITNESS_PATIENCE",
            "10",
            null,
            "How many seconds a checkpoint waits for its witnesses before it is published without them; hold: it waits for"
                    + " as long as they are away."),
    LOG_TOKEN(
            "VITRINE_LOG_TOKEN",
            null,
            "none: the log's keys are files or variables",
            "The PKCS#11 device that makes and keeps the log's keys, as a URI (RFC 7512):"
                    + " pkcs11:token=NAME;object=LABEL?module-path=/path/of/library.so&pin-source=file:/path. Without a label"
                    + " it is vitrine-log."),
    LOG_TOKEN_PIN("VITRINE_LOG_TOKEN_PIN", null, "the file that pin-source names", "The device's PIN."),
    PAY_WECHAT_MCHID(
            "VITRINE_PAY_WECHAT_MCHID",
            null,
            "none: WeChat Pay is not offered",
            "The merchant's number at WeChat Pay (docs/payments.md)."),
    PAY_WECHAT_APPID("VITRINE_PAY_WECHAT_APPID", null, "none", "The app that the merchant takes payments with."),
    PAY_WECHAT_SERIAL(
            "VITRINE_PAY_WECHAT_SERIAL", null, "none", "The serial number of the merchant's API certificate."),
    PAY_WECHAT_KEY(
            "VITRINE_PAY_WECHAT_KEY",
            null,
            "none",
            "That certificate's private key, PKCS#8: its text, or file:/path of it."),
    PAY_WECHAT_APIV3_KEY(
            "VITRINE_PAY_WECHAT_APIV3_KEY", null, "none", "The APIv3 key, 32 characters, that opens WeChat's notices."),
    PAY_WECHAT_PUBLIC_KEY(
            "VITRINE_PAY_WECHAT_PUBLIC_KEY",
            null,
            "none",
            "WeChat Pay's public key, with which its answers are checked: its text, or file:/path."),
    PAY_WECHAT_PUBLIC_KEY_ID(
            "VITRINE_PAY_WECHAT_PUBLIC_KEY_ID", null, "none", "That key's number, PUB_KEY_ID_ and digits."),
    PAY_WECHAT_APP_SECRET(
            "VITRINE_PAY_WECHAT_APP_SECRET",
            null,
            "none: nobody can pay inside WeChat",
            "The app's secret (公众号): with it WeChat says who pays inside its own browser."),
    PAY_WECHAT_URL(
            "VITRINE_PAY_WECHAT_URL",
            null,
            "WeChat's own host",
            "Another host that speaks its protocol, for rehearsals."),
    PAY_ALIPAY_APPID(
            "VITRINE_PAY_ALIPAY_APPID",
            null,
            "none: Alipay is not offered",
            "The app's number at Alipay (docs/payments.md)."),
    PAY_ALIPAY_SELLER("VITRINE_PAY_ALIPAY_SELLER", null, "none", "The seller's number, 2088 and digits."),
    PAY_ALIPAY_KEY(
            "VITRINE_PAY_ALIPAY_KEY", null, "none", "The app's private key, PKCS#8: its text, or file:/path of it."),
    PAY_ALIPAY_PUBLIC_KEY(
            "VITRINE_PAY_ALIPAY_PUBLIC_KEY",
            null,
            "none",
            "Alipay's public key, not the app's own: its text, or file:/path."),
    PAY_ALIPAY_URL(
            "VITRINE_PAY_ALIPAY_URL",
            null,
            "Alipay's own gateway",
            "Another gateway that speaks its protocol: Alipay's sandbox, or a rehearsal's."),
    PAY_STRIPE_KEY(
            "VITRINE_PAY_STRIPE_KEY", null, "none: Stripe is not offered", "Stripe's secret key (docs/payments.md)."),
    PAY_STRIPE_PUBLISHABLE_KEY(
            "VITRINE_PAY_STRIPE_PUBLISHABLE_KEY", null, "none", "Stripe's key for pages, which everybody may see."),
    PAY_STRIPE_WEBHOOK_SECRET(
            "VITRINE_PAY_STRIPE_WEBHOOK_SECRET",
            null,
            "none",
            "The secret that signs Stripe's events, whsec_ and more."),
    PAY_STRIPE_URL(
            "VITRINE_PAY_STRIPE_URL",
            null,
            "Stripe's own host",
            "Another host that speaks its protocol, for rehearsals."),
    PAYMENTS_KEPT(
            "VITRINE_PAYMENTS_KEPT",
            "10",
            null,
            "How many years the payments of an erased person keep the gateway's number and hers: as long as the law of accounts"
                    + " asks of whoever runs it, three at least. The sums stay in the journal."),
    PSEUDO_WORDS(
            "VITRINE_PSEUDO_WORDS",
            "off",
            null,
            "on: English is shown marked and two fifths longer, to find what is not translated or does not fit."),
    POSTGRES_BIN(
            "VITRINE_POSTGRES_BIN",
            null,
            "the ones we carry",
            "A folder with postgres, initdb and pg_ctl to run as the embedded database, in place of ours."),
    POSTGRES_USER(
            "VITRINE_POSTGRES_USER",
            null,
            "a user namespace, else postgres, else nobody",
            "Whom the embedded PostgreSQL runs as when the server is started by root.");

    private final String variable;
    private final @Nullable String initial;
    private final @Nullable String initialInWords;
    private final String meaning;

    Setting(String variable, @Nullable String initial, @Nullable String initialInWords, String meaning) {
        this.variable = variable;
        this.initial = initial;
        this.initialInWords = initialInWords;
        this.meaning = meaning;
    }

    public String variable() {
        return variable;
    }

    /** The same as Spring's property, for {@code @Value}: {@code vitrine.base-url}. */
    public String property() {
        return "vitrine."
                + variable.substring("VITRINE_".length())
                        .toLowerCase(Locale.ROOT)
                        .replace('_', '-');
    }

    public @Nullable String initial() {
        return initial;
    }

    /** The default as a reader of the documentation wants it. */
    public String initialInWords() {
        if (initialInWords != null) return initialInWords;
        return initial == null ? "none" : initial;
    }

    public String meaning() {
        return meaning;
    }
}
