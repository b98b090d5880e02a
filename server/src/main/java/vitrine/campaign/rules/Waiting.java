package vitrine.campaign.rules;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;

/**
 * How long an entitlement waits after receipt. The day of receipt does not count; the wait is over when the last of the working
 * days has passed, at the start of the next day in the campaign's zone. No days, no wait: due at the receipt itself.
 */
public record Waiting(int days, WorkingDays calendar, ZoneId zone) {

    public static final ZoneId CHINA = ZoneId.of("Asia/Shanghai");

    public static Waiting none() {
        return new Waiting(0, WorkingDays.CHINA, CHINA);
    }

    public static Waiting workingDays(int days) {
        return new Waiting(days, WorkingDays.CHINA, CHINA);
    }

    public Instant due(Instant receipt) {
        if (days == 0) return receipt;
        LocalDate last = calendar.after(receipt.atZone(zone).toLocalDate(), days);
        return last.plusDays(1).atStartOfDay(zone).toInstant();
    }
}
