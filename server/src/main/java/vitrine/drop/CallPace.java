package vitrine.drop;

import java.time.Duration;

/**
 * How many of those who stand in line are called next, so that as many claim in a second as was aimed for. What is measured is how
 * many come of those who were called: whoever has put the phone away makes room for the next. Never more are called than there are
 * pieces for, and never more stand inside than a while of the aim's: if the claims do not get through, the line stops by itself.
 *
 * @param claims in a second, smoothed
 * @param calls in a second, smoothed
 * @param slowCalls the same once more, as much later as people take to come
 * @param carried what was less than one call, and is still to be made
 */
record CallPace(double claims, double calls, double slowCalls, double carried) {

    static final CallPace START = new CallPace(0, 0, 0, 0);

    /**
     * So long a piece is there for somebody who was called, and a pause is not counted; then the next one is called in her place, and she
     * may still come.
     */
    static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final double SMOOTH_SECONDS = 6;
    private static final double LATER_SECONDS = 4;
    /** Of those who were called, at least so many are taken to come: else a few sleepers would call everybody. */
    private static final double COME_LEAST = 0.25;

    private static final double INSIDE_SECONDS = 20;
    /** And of those who were called and did not come, whatever keeps them. */
    private static final double AWAY_SECONDS = 90;

    private static final int INSIDE_LEAST = 20;
    private static final double STEP_MOST_SECONDS = 2;

    /**
     * What the row said.
     *
     * @param aim claims in a second
     * @param seconds since the last step
     * @param claimed in that time
     * @param calledRecently within {@link #PATIENCE}
     * @param claimedRecently by those of them who came already; where there are pieces enough, about so many
     * @param room how many pieces are left; where it is not known exactly who came, without one for each who might have
     * @param waiting whose place was not called yet
     */
    record Seen(
            double aim, double seconds, int claimed, int calledRecently, int claimedRecently, int room, int waiting) {}

    record Next(int calls, CallPace pace) {}

    Next after(Seen seen) {
        double seconds = Math.min(STEP_MOST_SECONDS, seen.seconds);
        double claimsNow = smooth(claims, Math.max(0, seen.claimed) / seen.seconds, seen.seconds, SMOOTH_SECONDS);
        double come = slowCalls < 1 ? 1 : Math.clamp(claimsNow / slowCalls, COME_LEAST, 1);
        double wanted = carried + seen.aim / come * seconds;
        // Whoever was called in the last minute and has not come has a piece that is nobody else's.
        int promised = Math.max(0, seen.calledRecently - seen.claimedRecently);
        int expected = (int) (come * seen.calledRecently) - seen.claimedRecently;
        int insideMost = Math.max(INSIDE_LEAST, (int) (seen.aim * INSIDE_SECONDS));
        int awayMost = Math.max(INSIDE_LEAST, (int) (seen.aim * AWAY_SECONDS));
        int most = Math.min(Math.min(seen.room, awayMost) - promised, Math.min(seen.waiting, insideMost - expected));
        most = Math.max(0, most);
        int calls = Math.min((int) wanted, most);
        double callsNow = smooth(this.calls, calls / seen.seconds, seen.seconds, SMOOTH_SECONDS);
        double slow = smooth(slowCalls, callsNow, seen.seconds, LATER_SECONDS);
        return new Next(calls, new CallPace(claimsNow, callsNow, slow, calls < (int) wanted ? 0 : wanted - calls));
    }

    private static double smooth(double before, double now, double seconds, double over) {
        return before + (now - before) * (1 - Math.exp(-seconds / over));
    }
}
