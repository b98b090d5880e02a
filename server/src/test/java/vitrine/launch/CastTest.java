package vitrine.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CastTest {
    @TempDir
    Path dir;

    @Test
    void theCastIsIntroducedWhenTheDemoIsLoadedForThisAddressAndNotBefore() throws Exception {
        var demo = dir.resolve("demo.json");
        assertThat(Cast.lines(demo, "http://localhost:8080")).isEmpty();
        Files.writeString(demo, """
                {"baseUrl": "http://localhost:8080",
                 "staff": [{"name": "Wen", "role": "brand", "brand": "lumen", "apiKey": "k1"}],
                 "collectors": [{"name": "Ada", "email": "ada@lantern.example"}],
                 "shops": [{"source": "shopify", "shop": "lumen", "pageUrl": "http://localhost:8081/shops/lumen"}],
                 "mailUrl": "http://localhost:8080/demo/mail"}
                """);
        assertThat(Cast.lines(demo, "http://localhost:9090"))
                .as("last time's address")
                .isEmpty();
        assertThat(String.join("\n", Cast.lines(demo, "http://localhost:8080").orElseThrow()))
                .contains("Wen", "lumen", "k1", "Ada", "http://localhost:8081/shops/lumen", "/demo/mail");
    }
}
