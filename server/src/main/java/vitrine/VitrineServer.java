package vitrine;

import org.springframework.boot.autoconfigure.SpringBootApplication;
import vitrine.launch.CommandLine;

/** The server: one deployable of business modules, each a package below this one. */
@SpringBootApplication
public class VitrineServer {

    public static void main(String[] arguments) {
        CommandLine.run(VitrineServer.class, arguments);
    }
}
