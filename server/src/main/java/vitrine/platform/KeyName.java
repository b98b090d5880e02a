package vitrine.platform;

import java.util.Arrays;
import java.util.Locale;

/**
 * Every secret key that an installation has. All of them are made at its first start, so that one backup has them all, and each
 * one's fingerprint stands in the database, so that a lost or exchanged key is noticed before anything is done with another.
 */
public enum KeyName {
    ADDRESS("seals the mail addresses of staff and of sign-ins under way", "staff addresses must be entered anew"),
    ANSWERS("seals the answers kept for a day under an Idempotency-Key", "such requests are refused for a day"),
    ATTEMPTS(
            "hides who tried to sign in how often, and from where people came to a drop",
            "the counts of the last hour start anew"),
    BUYER(
            "turns a buyer's address or phone into the buyer key by which orders and people are found",
            "nobody's old orders, gifts and sign-ins find their person again"),
    CLAIM_PASS("makes the passes that claims show", "who is about to claim asks for another pass"),
    COLLECTOR(
            "seals the secrets behind the holders' names in the log",
            "no piece can change its owner, and no certificate name its holder"),
    CONTACT("seals where a buyer's gift can be announced", "gifts of older orders are not announced"),
    CONTACT_MAC("tells whether two contacts are the same", "older contacts are taken for new ones"),
    DELIVERY_BODY("seals the bodies of what shops sent", "older deliveries cannot be shown, nor read again"),
    DEMO("the demo's shops and its clock", "the demo's shops are refused"),
    DROP_CODE(
            "makes the codes for pop-up stores",
            "sheets of codes cannot be printed again; the codes on them still work"),
    FULFILMENT("seals the addresses that parcels go to", "who waits for a parcel is asked for the address once more"),
    GIFT_LINK("makes the addresses of gift links", "the links in older mails lead nowhere"),
    LOG("signs the public log", "the log ends, and another one goes on from it"),
    MESSAGES("seals the mails that wait to be sent", "those mails are lost"),
    NEWS_LINK("makes the addresses that end a kind of mail", "those in older mails end nothing"),
    PERSON(
            "hides which human confirmed behind which account",
            "whoever confirmed to be one person confirms once more, and limits across accounts count anew"),
    PICKUP("turns order number and last four digits into a way in", "older orders cannot be picked up by number"),
    POSTGRES("the embedded database's password", "the embedded database does not open"),
    SHOP_SECRET("seals the shops' secrets and access tokens", "each shop's secret must be entered anew"),
    SIGN_IN("checks the codes of sign-ins under way", "who is signing in asks for another code"),
    WEBHOOKS("seals what signs the events sent to subscribers", "subscribers must be connected anew");

    private final String use;
    private final String loss;

    KeyName(String use, String loss) {
        this.use = use;
        this.loss = loss;
    }

    /** As in its file's name: {@code contact-mac}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The variable of the environment that can hold it instead of a file. */
    public String variable() {
        return "VITRINE_KEY_" + name();
    }

    public String use() {
        return use;
    }

    /** What no longer works when nobody has it any more. */
    public String loss() {
        return loss;
    }

    static KeyName of(String text) {
        return Arrays.stream(values())
                .filter(name -> name.text().equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no key '" + text + "'"));
    }
}
