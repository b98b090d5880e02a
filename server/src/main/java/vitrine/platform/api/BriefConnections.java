package vitrine.platform.api;

import org.apache.coyote.http11.Http11NioProtocol;

/**
 * Keeps connections as long as the web server commonly does, but while very many are open: then each is closed a second after its answer. A
 * hundred thousand phones that ask every twenty seconds would otherwise each keep one, and there is room for some thousands; the few of a
 * proxy, or of a shop that delivers, stay as they are.
 */
public class BriefConnections extends Http11NioProtocol {

    /** Of the 8192 that are accepted. */
    static final long MANY = 2_000;

    static final int BRIEF_MILLIS = 1_000;

    @Override
    public int getKeepAliveTimeout() {
        int usual = super.getKeepAliveTimeout();
        return getConnectionCount() > MANY ? Math.min(usual, BRIEF_MILLIS) : usual;
    }
}
