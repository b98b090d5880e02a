package vitrine.platform.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.boot.tomcat.TomcatWebServerFactory;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;

/** Whoever waits keeps no connection where very many wait. */
class BriefConnectionsTest {

    @Test
    void fewStayAsLongAsTheyLikeAndOfManyEachIsClosedAfterASecond() {
        assertThat(open(BriefConnections.MANY)).as("the few of a proxy").isEqualTo(60_000);
        assertThat(open(BriefConnections.MANY + 1)).isEqualTo(BriefConnections.BRIEF_MILLIS);
    }

    @Test
    void theWebServerKeepsItsConnectionsSo() {
        TomcatWebServerFactory factory = new TomcatServletWebServerFactory();
        new WebServer().customize((TomcatServletWebServerFactory) factory);
        assertThat(factory.getProtocol()).isEqualTo(BriefConnections.class.getName());
    }

    private static int open(long connections) {
        var protocol = new BriefConnections() {
            @Override
            public long getConnectionCount() {
                return connections;
            }
        };
        protocol.setKeepAliveTimeout(60_000);
        return protocol.getKeepAliveTimeout();
    }
}
