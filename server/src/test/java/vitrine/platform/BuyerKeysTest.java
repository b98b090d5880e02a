package vitrine.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuyerKeysTest {

    @TempDir
    Path folder;

    @Test
    void oneAddressInSeveralSpellingsIsOneBuyer() {
        var keys = keys();
        assertThat(keys.email("  Ada@Example.COM ")).isPresent().isEqualTo(keys.email("ada@example.com"));
        assertThat(keys.email("ada@bücher.example")).isEqualTo(keys.email("ada@xn--bcher-kva.example"));
        assertThat(keys.email("ada+gift@example.com")).isNotEqualTo(keys.email("ada@example.com"));
    }

    @Test
    void oneNumberInSeveralSpellingsIsOneBuyer() {
        var keys = keys();
        var ada = keys.phone("13800000000");
        assertThat(ada).isPresent();
        for (String spelling : new String[] {
            "+86 138-0000-0000", "0086 138 0000 0000", "86 13800000000", "１３８００００００００", "(138) 0000.0000"
        }) {
            assertThat(keys.phone(spelling)).as(spelling).isEqualTo(ada);
        }
        assertThat(BuyerKeys.normalPhone("029-8000000")).contains("+86298000000");
        assertThat(BuyerKeys.normalPhone("+1 (212) 555-0198")).contains("+12125550198");
    }

    @Test
    void whatIsNoAddressMakesNoBuyer() {
        var keys = keys();
        for (String none : new String[] {"", "ada", "@example.com", "ada@", "a b@example.com", "ada@example..com"}) {
            assertThat(keys.email(none)).as(none).isEmpty();
        }
        for (String none : new String[] {"", "138****0000", "12", "+0123456789", "12345678901234567890"}) {
            assertThat(keys.phone(none)).as(none).isEmpty();
        }
    }

    @Test
    void aShopsBuyerIdMeetsNobodyElse() {
        var keys = keys();
        var here = keys.shopBuyer("shopify", "lumen", "13800000000");
        assertThat(here).isNotEqualTo(keys.shopBuyer("shopify", "other", "13800000000"));
        assertThat(here.hash())
                .isNotEqualTo(keys.phone("13800000000").orElseThrow().hash());
    }

    @Test
    void anotherInstallationMakesOtherHashes() {
        var one = keys().email("ada@example.com").orElseThrow();
        var other = new BuyerKeys(new Keys(folder.resolve("other"), Map.of(), new SecureRandom()))
                .email("ada@example.com")
                .orElseThrow();
        assertThat(other).isNotEqualTo(one);
    }

    private BuyerKeys keys() {
        return new BuyerKeys(new Keys(folder.resolve("keys"), Map.of(), new SecureRandom()));
    }
}
