package vitrine.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SettingsTest {

    @Test
    void theCommandLineComesOverTheEnvironment() {
        var settings = Settings.of(List.of("--port", "9000", "--no-demo"), Map.of("VITRINE_PORT", "8000"));
        assertThat(settings.number(Setting.PORT)).isEqualTo(9000);
        assertThat(settings.on(Setting.DEMO)).isFalse();
        assertThat(settings.baseUrl()).hasToString("http://localhost:9000");
    }

    @Test
    void whatCannotBeReadIsSaidInOneLineWithItsName() {
        refused(Map.of("VITRINE_PORT", "http"), "VITRINE_PORT must be a number, not 'http'.");
        refused(
                Map.of("VITRINE_ZONE", "Mars/Olympus"),
                "VITRINE_ZONE must be a zone like Asia/Shanghai, not 'Mars/Olympus'.");
        refused(Map.of("VITRINE_DEMO", "maybe"), "VITRINE_DEMO must be on or off, not 'maybe'.");
        for (var url : List.of("vitrine.example", "https://vitrine.example/shop", "ftp://vitrine.example")) {
            refused(
                    Map.of("VITRINE_BASE_URL", url),
                    "VITRINE_BASE_URL must be like https://vitrine.example, without a path, not '" + url + "'.");
        }
    }

    private static void refused(Map<String, String> environment, String line) {
        var settings = Settings.of(List.of(), environment);
        assertThatExceptionOfType(StartRefused.class)
                .isThrownBy(() -> {
                    settings.number(Setting.PORT);
                    settings.zone();
                    settings.on(Setting.DEMO);
                    settings.baseUrl();
                })
                .withMessage(line)
                .satisfies(refusal -> assertThat(refusal.exitCode()).isEqualTo(StartRefused.CONFIGURATION));
    }

    @Test
    void anOptionWithoutItsValueOrOfAnotherProgramIsAMistakeOfTheCommandLine() {
        for (var options : List.of(List.of("--port"), List.of("--heap", "1g"))) {
            assertThatExceptionOfType(StartRefused.class)
                    .isThrownBy(() -> Settings.of(options, Map.of()))
                    .satisfies(refusal -> assertThat(refusal.exitCode()).isEqualTo(StartRefused.USAGE));
        }
    }
}
