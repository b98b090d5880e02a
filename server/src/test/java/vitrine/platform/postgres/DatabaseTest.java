package vitrine.platform.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import vitrine.platform.Settings;
import vitrine.platform.StartRefused;

class DatabaseTest {
    @Test
    void theAddressMayHaveTheFormThatHostingCompaniesHandOut() {
        var database =
                database(Map.of("VITRINE_DB_URL", "postgres://ada:p%40ss%2Bw@db.example:6432/gallery?sslmode=require"));
        assertThat(database.jdbcUrl()).isEqualTo("jdbc:postgresql://db.example:6432/gallery?sslmode=require");
        assertThat(database.user()).isEqualTo("ada");
        assertThat(database.password()).isEqualTo("p@ss+w");
        assertThat(database.toString()).doesNotContain("p@ss");
    }

    @Test
    void theAddressMayHaveJavasFormWithUserAndPasswordBeside() {
        var database = database(Map.of(
                "VITRINE_DB_URL", "jdbc:postgresql://db.example/gallery",
                "VITRINE_DB_USER", "ada",
                "VITRINE_DB_PASSWORD", "secret"));
        assertThat(database).isEqualTo(new Database("jdbc:postgresql://db.example/gallery", "ada", "secret"));
    }

    @Test
    void anyOtherAddressIsRefusedWithoutRepeatingItsPassword() {
        for (var url : List.of(
                "mysql://ada:secret@db.example/gallery",
                "postgres://ada:secret@db.example",
                "postgres://ada:se cret@x/y")) {
            assertThatExceptionOfType(StartRefused.class)
                    .isThrownBy(() -> database(Map.of("VITRINE_DB_URL", url)))
                    .withMessageStartingWith("VITRINE_DB_URL must be like")
                    .satisfies(refusal -> assertThat(refusal.line()).doesNotContain("secret", "ada"));
        }
    }

    private static Database database(Map<String, String> environment) {
        return Database.of(Settings.of(List.of(), environment));
    }
}
