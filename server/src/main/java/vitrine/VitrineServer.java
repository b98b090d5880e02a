package vitrine;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** The server: one deployable of business modules, each a package below this one. */
@SpringBootApplication
public class VitrineServer {

    public static void main(String[] args) {
        SpringApplication.run(VitrineServer.class, args);
    }
}
