package vitrine.drop;

import org.jspecify.annotations.Nullable;

/**
 * Who is expected, as staff say it.
 *
 * @param accounts that want a piece, programs' and people's
 * @param botsPercent of them that are programs'
 * @param botAccounts how many of those one human runs
 * @param earlyPercent of the people who are there when a stage opens; programs always are
 * @param minutes within which nine in ten of the others come
 * @param entitledPercent of all who may enter a stage that is not for everyone
 * @param comePercent of those who are called in a line and come
 * @param payPercent of the people who hold a unit and pay for it
 * @param mailPercent of the people who asked to be reminded by mail
 */
public record RehearsedCrowd(
        int accounts,
        int botsPercent,
        int botAccounts,
        int earlyPercent,
        int minutes,
        int entitledPercent,
        int comePercent,
        int payPercent,
        int mailPercent) {

    public static final int ACCOUNTS_MAX = 200_000;

    /** Two days: who comes later than that is no crowd. */
    public static final int MINUTES_MAX = 2_880;

    public static final RehearsedCrowd USUAL = new RehearsedCrowd(20_000, 20, 50, 60, 30, 20, 80, 85, 30);

    public int bots() {
        return (int) ((long) accounts * botsPercent / 100);
    }

    /** The first field that is out of range; null: all are fine. */
    public @Nullable String wrong() {
        if (accounts < 1 || accounts > ACCOUNTS_MAX) return "accounts";
        if (botsPercent < 0 || botsPercent > 100) return "botsPercent";
        if (botAccounts < 1 || botAccounts > ACCOUNTS_MAX) return "botAccounts";
        if (earlyPercent < 0 || earlyPercent > 100) return "earlyPercent";
        if (minutes < 1 || minutes > MINUTES_MAX) return "minutes";
        if (entitledPercent < 0 || entitledPercent > 100) return "entitledPercent";
        if (comePercent < 0 || comePercent > 100) return "comePercent";
        if (payPercent < 0 || payPercent > 100) return "payPercent";
        if (mailPercent < 0 || mailPercent > 100) return "mailPercent";
        return null;
    }
}
