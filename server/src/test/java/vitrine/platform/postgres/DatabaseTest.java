package vitrine.platform.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
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

    @Test
    void anOlderPostgresIsRefused() throws Exception {
        try (var old = new OldPostgres("14.9")) {
            assertThatExceptionOfType(StartRefused.class)
                    .isThrownBy(new Database(old.jdbcUrl(), "ada", "secret")::refuseUnfit)
                    .withMessage("The database is PostgreSQL 14.9; Vitrine runs on 15 to 18.")
                    .satisfies(refusal -> assertThat(refusal.exitCode()).isEqualTo(StartRefused.CONFIGURATION));
        }
    }

    @Test
    void aDatabaseThatTakesTheCallAndSaysNothingIsGivenUp() throws Exception {
        try (var silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            var url = "jdbc:postgresql://127.0.0.1:" + silent.getLocalPort() + "/gallery?loginTimeout=1";
            assertThatExceptionOfType(StartRefused.class)
                    .isThrownBy(new Database(url, "ada", "secret")::refuseUnfit)
                    .withMessageContaining("The database does not let us in");
        }
    }

    @Test
    void aDatabaseOutOfReachIsSaidInOneLineWithoutThePassword() {
        assertThatExceptionOfType(StartRefused.class)
                .isThrownBy(new Database("jdbc:postgresql://127.0.0.1:1/gallery", "ada", "secret")::refuseUnfit)
                .withMessageContaining("The database does not let us in")
                .satisfies(refusal -> {
                    assertThat(refusal.line()).doesNotContain("\n", "secret");
                    assertThat(refusal.exitCode()).isEqualTo(StartRefused.UNAVAILABLE);
                });
    }

    /** As much of a server as it takes to be asked for its version; nothing older than 15 is to be had to test with. */
    private static final class OldPostgres implements AutoCloseable {
        private final ServerSocket listening = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        private final String version;

        OldPostgres(String version) throws IOException {
            this.version = version;
            Thread.ofVirtual().start(this::serve);
        }

        String jdbcUrl() {
            return "jdbc:postgresql://127.0.0.1:" + listening.getLocalPort()
                    + "/gallery?sslmode=disable&gssEncMode=disable";
        }

        private void serve() {
            try (var client = listening.accept();
                    var in = new DataInputStream(client.getInputStream());
                    var out = new DataOutputStream(client.getOutputStream())) {
                in.readNBytes(in.readInt() - 4); // the start packet
                say(out, 'R', new byte[4]);
                for (var parameter : List.of(
                        "server_version\0" + version,
                        "client_encoding\0UTF8",
                        "DateStyle\0ISO, MDY",
                        "integer_datetimes\0on",
                        "standard_conforming_strings\0on")) {
                    say(out, 'S', (parameter + "\0").getBytes(StandardCharsets.UTF_8));
                }
                say(out, 'K', new byte[8]);
                say(out, 'Z', new byte[] {'I'});
                while (true) {
                    int type = in.read();
                    if (type < 0 || type == 'X') return;
                    in.readNBytes(in.readInt() - 4);
                    if (type != 'Q') continue; // what a driver says first is a SET, as a simple query
                    say(out, 'C', "SET\0".getBytes(StandardCharsets.UTF_8));
                    say(out, 'Z', new byte[] {'I'});
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static void say(DataOutputStream out, char type, byte[] body) throws IOException {
            out.write(type);
            out.writeInt(body.length + 4);
            out.write(body);
            out.flush();
        }

        @Override
        public void close() throws IOException {
            listening.close();
        }
    }

    private static Database database(Map<String, String> environment) {
        return Database.of(Settings.of(List.of(), environment));
    }
}
