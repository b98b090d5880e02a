package vitrine.ledger;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import vitrine.platform.Jobs;
import vitrine.platform.Setting;
import vitrine.platform.Settings;
import vitrine.platform.StartRefused;
import vitrine.proof.SignedNote;
import vitrine.testing.TestDatabase;
import vitrine.testing.TestPostgres;
import vitrine.testing.TestServer;

/** The log's key in a device, played by SoftHSM: made there, changed there, and never seen outside of it. */
class LogTokenTest {

    private static final Path LIBRARY = Path.of("/usr/lib/softhsm/libsofthsm2.so");
    private static final String PIN = "739154";
    private static Path pinFile;

    @BeforeAll
    static void aDevice() throws Throwable {
        if (!Files.exists(LIBRARY) && "true".equals(System.getenv("CI"))) {
            fail("SoftHSM is missing: install the package 'softhsm2'");
        }
        assumeTrue(Files.exists(LIBRARY), "SoftHSM is missing: install the package 'softhsm2'");
        Path folder = TestPostgres.newFolder("softhsm");
        Files.createDirectories(folder.resolve("tokens"));
        Path configuration = folder.resolve("softhsm2.conf");
        Files.writeString(configuration, "directories.tokendir = " + folder.resolve("tokens") + "\n");
        setenv("SOFTHSM2_CONF", configuration.toString());
        pinFile = folder.resolve("pin");
        Files.writeString(pinFile, PIN + "\n");
        var tool = new ProcessBuilder(
                "softhsm2-util", "--init-token", "--free", "--label", "vitrine", "--pin", PIN, "--so-pin", "5555");
        tool.environment().put("SOFTHSM2_CONF", configuration.toString());
        assertThat(tool.inheritIO().start().waitFor()).isZero();
    }

    /** The library asks this process's own environment, which Java does not change. */
    private static void setenv(String name, String value) throws Throwable {
        var linker = Linker.nativeLinker();
        try (var arena = Arena.ofConfined()) {
            linker.downcallHandle(
                            linker.defaultLookup().find("setenv").orElseThrow(),
                            FunctionDescriptor.of(
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.ADDRESS,
                                    ValueLayout.ADDRESS,
                                    ValueLayout.JAVA_INT))
                    .invokeWithArguments(arena.allocateFrom(name), arena.allocateFrom(value), 1);
        }
    }

    private static String uri(Path pin) {
        return "pkcs11:token=vitrine;object=the-log?module-path=" + LIBRARY + "&pin-source=file:" + pin;
    }

    @Test
    void aLogIsSignedByADeviceItsKeyChangesThereAndTheNextLogHasItsOwn() {
        try (var database = TestDatabase.fresh();
                var server = TestServer.start(
                        TestServer.settings(database).with(Setting.LOG_TOKEN, uri(pinFile)),
                        Map.of("vitrine.jobs", "manual"),
                        beans -> {})) {
            var ledger = server.bean(Ledger.class);
            var logs = server.bean(Logs.class);
            var keys = server.bean(LogKeys.class);
            LogId log = ledger.main();
            var first = keys.verifier(log);
            assertThat(keys.source(first)).isEqualTo("token");
            assertThat(logs.rotate(ledger.main(), 30)).isInstanceOf(Logs.Rotated.Begun.class);
            server.bean(Jobs.class).drain();
            var fresh = keys.verifier(log);
            assertThat(fresh).isNotEqualTo(first);
            assertThat(keys.source(fresh)).isEqualTo("token");
            var note = SignedNote.parse(requireNonNull(ledger.head(log).note())).orThrow();
            assertThat(note.verify(List.of(first))).isInstanceOf(SignedNote.Check.Verified.class);
            assertThat(note.verify(List.of(fresh))).isInstanceOf(SignedNote.Check.Verified.class);
            logs.succeed(ledger.main(), "2027", false);
            server.bean(Jobs.class).drain();
            assertThat(keys.source(keys.verifier(ledger.main()))).isEqualTo("token");
        }
    }

    @Test
    void aWrongPinOrAnUnknownDeviceIsSaidAtTheStartAndNoPinIsEverSaid() throws IOException {
        Settings settings = Settings.of(List.of(), Map.of());
        Path wrong = TestPostgres.newFolder("pin").resolve("pin");
        Files.writeString(wrong, "123456");
        assertThatThrownBy(() -> new LogToken(settings.with(Setting.LOG_TOKEN, uri(wrong)), new SecureRandom()))
                .isInstanceOf(StartRefused.class)
                .hasMessageContaining("the PIN is wrong")
                .hasMessageNotContaining("123456");
        assertThatThrownBy(() -> new LogToken(
                        settings.with(Setting.LOG_TOKEN, uri(pinFile).replace("token=vitrine", "token=nobody")),
                        new SecureRandom()))
                .isInstanceOf(StartRefused.class)
                .hasMessageContaining("there is no token with this name");
        assertThatThrownBy(() -> LogToken.parse("pkcs11:token=vitrine?module-path=/x&pin-value=1234"))
                .isInstanceOf(StartRefused.class)
                .hasMessageNotContaining("1234");
    }
}
