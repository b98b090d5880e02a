package vitrine.shop;

import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;

/**
 * The inbox without its network: the same checks of the same bytes and the same batches, but whoever calls decides which messages
 * meet in one batch, and on which thread.
 */
public final class InboxByHand {

    private final Shops shops;
    private final Readings readings;
    private final InboxWriter writer;
    private final Clock clock;
    private final BusinessClock businessClock;

    /** @param bean gives the server's own parts */
    public InboxByHand(Function<Class<?>, Object> bean) {
        this.shops = (Shops) bean.apply(Shops.class);
        this.readings = (Readings) bean.apply(Readings.class);
        this.writer = (InboxWriter) bean.apply(InboxWriter.class);
        this.clock = (Clock) bean.apply(Clock.class);
        this.businessClock = (BusinessClock) bean.apply(BusinessClock.class);
    }

    public record Incoming(String source, String shop, Map<String, String> headers, byte[] body) {}

    /** What became of it. Kept means: on disk, so the sender may forget it. */
    public sealed interface Answer {
        record Kept(
                BrandId brand,
                ShopId shop,
                String deliveryId,
                boolean readable,
                @Nullable String reason) implements Answer {}

        record Refused(String why) implements Answer {}
    }

    /** One batch; when it throws, nobody was told that anything was kept. */
    public List<Answer> take(List<Incoming> messages) {
        List<Answer> answers = new ArrayList<>(messages.size());
        Map<BrandId, List<Delivered>> byBrand = new LinkedHashMap<>();
        for (Incoming message : messages) {
            KnownShop shop = shops.known(message.source(), message.shop());
            if (shop == null) {
                answers.add(new Answer.Refused("unknown"));
                continue;
            }
            Source.SignatureCheck check = shops.source(message.source())
                    .verify(shop, message.headers()::get, message.body(), clock.instant());
            if (!(check instanceof Source.SignatureCheck.Genuine genuine)) {
                answers.add(new Answer.Refused(check.getClass().getSimpleName()));
                continue;
            }
            JsonNode json;
            try {
                json = Json.MAPPER.readTree(message.body());
            } catch (JacksonException e) {
                answers.add(new Answer.Refused("not JSON"));
                continue;
            }
            Delivered delivered = readings.read(
                    shop, genuine.deliveryId(), genuine.topic(), json, message.body(), businessClock.now());
            byBrand.computeIfAbsent(shop.shop().brand(), b -> new ArrayList<>()).add(delivered);
            answers.add(new Answer.Kept(
                    shop.shop().brand(),
                    shop.shop().id(),
                    delivered.deliveryId(),
                    delivered.state().equals("readable"),
                    delivered.reason()));
        }
        byBrand.forEach(writer::write);
        return answers;
    }
}
