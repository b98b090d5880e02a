package vitrine;

import java.util.List;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import vitrine.launch.Node;
import vitrine.platform.Settings;
import vitrine.platform.StartRefused;

/** The server: one deployable of business modules, each a package below this one. */
@SpringBootApplication
public class VitrineServer {

    public static void main(String[] options) {
        try {
            var node = Node.start(VitrineServer.class, Settings.of(List.of(options), System.getenv()));
            Runtime.getRuntime().addShutdownHook(new Thread(node::close, "shutdown"));
        } catch (StartRefused e) {
            System.err.println("vitrine: " + e.line());
            System.exit(e.exitCode());
        }
    }
}
