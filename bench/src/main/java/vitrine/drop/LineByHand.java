package vitrine.drop;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.Objects;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import vitrine.identity.CollectorId;

/** One node's waiting room as the simulation needs it: arrivals that may never be answered, and tickets that somebody tampered with. */
public final class LineByHand {

    private final Entrances entrances;
    private final WaitingRoom room;
    private final JoinWriter writer;
    private final ClaimPasses passes;

    /** @param bean gives the server's own parts */
    public LineByHand(Function<Class<?>, Object> bean) {
        entrances = (Entrances) bean.apply(Entrances.class);
        room = (WaitingRoom) bean.apply(WaitingRoom.class);
        writer = (JoinWriter) bean.apply(JoinWriter.class);
        passes = (ClaimPasses) bean.apply(ClaimPasses.class);
    }

    /**
     * She comes into the room, as a page does it.
     *
     * @param isDead whether the node is gone: then nobody is answered any more
     * @return null: nothing was heard of it
     */
    public Entrances.@Nullable Coming come(Drop drop, CollectorId who, BooleanSupplier isDead) {
        room.changed();
        var answer = new Object() {
            volatile Entrances.@Nullable Coming coming;
        };
        Thread page = Thread.ofVirtual().unstarted(() -> {
            try {
                answer.coming = entrances.come(drop, who, null);
            } catch (RuntimeException | Error e) {
                // A page that fell tells nobody anything; the laws see what became of it.
                answer.coming = null;
            }
        });
        page.start();
        try {
            while (!page.join(java.time.Duration.ofMillis(2))) if (isDead.getAsBoolean()) page.interrupt();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return isDead.getAsBoolean() ? null : answer.coming;
    }

    /** What the pages know of the lines is read anew. */
    public void lookAgain() {
        room.changed();
    }

    /** The process died, and with it the thread that wrote arrivals down. */
    public void startAgain() {
        room.changed();
        writer.stop();
        writer.start();
    }

    /** What a ticket says: its stage and the place that was called. */
    public record Ticket(DropId drop, UUID stage, CollectorId who, int place) {}

    public @Nullable Ticket read(String pass) {
        ClaimPass read = passes.read(pass);
        return read == null ? null : new Ticket(read.drop(), read.stage(), read.collector(), read.ticket());
    }

    // ---- what somebody without our key makes of a pass

    private static final int DROP = 1 + 16;
    private static final int STAGE = DROP + 16;
    private static final int WHO = STAGE + 16;
    private static final int PLACE = WHO + 16 + 16 + 1;

    public static String forDrop(String pass, DropId drop, UUID stage) {
        return changed(pass, DROP, bytes(drop.value()), STAGE, bytes(stage));
    }

    public static String forStage(String pass, UUID stage) {
        return changed(pass, STAGE, bytes(stage), STAGE, bytes(stage));
    }

    public static String forSomebody(String pass, CollectorId who) {
        return changed(pass, WHO, bytes(who.value()), WHO, bytes(who.value()));
    }

    /** A place in line written into a pass that has none, or another one. */
    public static String withPlace(String pass, int place) {
        byte[] bytes = ByteBuffer.allocate(4).putInt(place).array();
        return changed(pass, PLACE, bytes, PLACE, bytes);
    }

    private static String changed(String pass, int at, byte[] with, int then, byte[] and) {
        byte[] bytes = Base64.getUrlDecoder().decode(Objects.requireNonNull(pass));
        System.arraycopy(with, 0, bytes, at, with.length);
        System.arraycopy(and, 0, bytes, then, and.length);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static byte[] bytes(UUID id) {
        return ByteBuffer.allocate(16)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
    }
}
