package vitrine.drop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import vitrine.identity.CollectorId;
import vitrine.payment.PayTown;
import vitrine.payment.Way;

/** Since when somebody has time to look at a claim that has a price. */
class DoubtsTest {

    private static final Duration TO_PAY = Duration.ofMinutes(4);

    @Test
    void theTimeToDecideBeginsWhenItIsPaidAndNotWhenItIsClaimed() throws Exception {
        try (PayTown town = new PayTown()) {
            Saleroom room = new Saleroom(town, "doubted", 1);
            CollectorId ada = room.somebody("doubted");
            room.opens(Way.ALIPAY_PAGE);
            Claim claim = room.claims(ada, 1);
            Reviews reviews = town.server.bean(Reviews.class);
            assertThat(reviews.holdYoung(room.open().id(), room.open().stages().getFirst(), Duration.ofDays(30)))
                    .isEqualTo(1);
            assertThat(review(town, room, ada).until())
                    .as("nothing is hers yet")
                    .isNull();
            town.later(TO_PAY);
            town.pays(room.begins(ada, claim, Way.ALIPAY_PAGE));
            town.drain();
            Reviews.Review paid = review(town, room, ada);
            assertThat(paid.until())
                    .isAfterOrEqualTo(
                            claim.claimedAt().plus(Reviews.DECIDED_WITHIN).plus(TO_PAY));
            town.later(Reviews.DECIDED_WITHIN.minus(Duration.ofMinutes(2)));
            assertThat(review(town, room, ada).decision())
                    .as("three days after the claim, and not after the payment")
                    .isNull();
            town.later(Duration.ofMinutes(3));
            assertThat(review(town, room, ada).decision()).isEqualTo(Reviews.Decision.RELEASED);
            town.drain();
            assertThat(room.stock().granted()).isEqualTo(1);
        }
    }

    private static Reviews.Review review(PayTown town, Saleroom room, CollectorId who) {
        return town.server.bean(Reviews.class).of(room.open().id(), who).orElseThrow();
    }
}
