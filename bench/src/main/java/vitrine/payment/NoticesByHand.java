package vitrine.payment;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.Map;
import java.util.function.Function;

/** The real door for gateways' notices at one node, without a socket: a notice comes in when the simulation brings it. */
public final class NoticesByHand {

    private final PayDoor door;

    /** @param bean gives the server's own parts */
    public NoticesByHand(Function<Class<?>, Object> bean) {
        door = new PayDoor(
                (Gateways) bean.apply(Gateways.class),
                (Settling) bean.apply(Settling.class),
                (Refunds) bean.apply(Refunds.class),
                (Disputes) bean.apply(Disputes.class),
                (MeterRegistry) bean.apply(MeterRegistry.class),
                (Clock) bean.apply(Clock.class));
    }

    /** What the gateway hears. @param status as HTTP has it */
    public record Heard(int status, String what) {}

    /** @param path where the gateway was told to send it */
    public Heard bring(String path, Map<String, String> headers, byte[] body) {
        PayDoor.Heard heard = door.hear(path.substring("/pay/".length(), path.lastIndexOf('/')), headers::get, body);
        return new Heard(heard.status(), heard.what());
    }
}
