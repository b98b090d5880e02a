package vitrine.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

class ConfigTest {
    @TempDir
    Path data;

    @Test
    void aPriceIsATagOrMinorUnits() throws Exception {
        var json = RunningSandbox.config("http://vitrine.example/");
        var product = (ObjectNode) json.path("shops").path(0).path("products").path(0);
        product.put("price", 39900);
        var shop = SandboxConfig.of(json, "http://localhost:1", data).shop("shopify");
        assertThat(shop.products()).extracting(Product::price).containsExactly(39900L, 3000L, 3000L);
        assertThat(shop.inboxUrl()).isEqualTo("http://vitrine.example/in/shopify/shopify");
        assertThat(shop.zone().getId()).isEqualTo("Asia/Shanghai");
    }

    @Test
    void aSaleorShopWithoutAKeyGetsOneForGood() throws Exception {
        var json = RunningSandbox.config("http://vitrine.example");
        ((ObjectNode) json.path("shops").path(Source.SALEOR.ordinal())).remove("secret");
        var once = SandboxConfig.of(json, "http://localhost:1", data)
                .shop("saleor")
                .secret();
        var again = SandboxConfig.of(json, "http://localhost:1", data)
                .shop("saleor")
                .secret();
        assertThat(again).isEqualTo(once);
        assertThat(Files.getPosixFilePermissions(data.resolve("keys")))
                .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    void aMistakeInTheFileIsNamed() {
        for (var mistake : List.of(
                List.of("source", "magento", "source.unknown"),
                List.of("shop", "Has Blanks", "shop.invalid"),
                List.of("shop", "saleor", "shop.doubled"),
                List.of("currency", "XYZ", "currency.unknown"),
                List.of("secret", "", "secret.missing"),
                List.of("apiToken", "", "config.invalid"),
                List.of("zone", "Moon/Base", "zone.unknown"))) {
            var json = RunningSandbox.config("http://vitrine.example");
            ((ObjectNode) json.path("shops").path(0)).put(mistake.get(0), mistake.get(1));
            assertThatThrownBy(() -> SandboxConfig.of(json, "http://localhost:1", data))
                    .isInstanceOfSatisfying(
                            Refused.class, refused -> assertThat(refused.code()).isEqualTo(mistake.get(2)));
        }
    }

    @Test
    void aSecretThatCannotSignIsFoundAtTheStart() {
        var json = RunningSandbox.config("http://vitrine.example");
        ((ObjectNode) json.path("shops").path(Source.STANDARD.ordinal())).put("secret", "whsk_AAAA");
        assertThatThrownBy(() -> SandboxConfig.of(json, "http://localhost:1", data))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.code()).isEqualTo("secret.invalid"));
    }
}
