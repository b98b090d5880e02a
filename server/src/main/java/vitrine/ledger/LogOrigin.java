package vitrine.ledger;

import org.springframework.stereotype.Component;
import vitrine.platform.Settings;

/** The names under which logs are opened (C2SP tlog-checkpoint: a schema-less URL without trailing slash). */
@Component
class LogOrigin {

    private final String host;

    LogOrigin(Settings settings) {
        this.host = settings.baseUrl().getAuthority();
    }

    String text() {
        return host + "/log";
    }

    /** Of a log that goes on from another one: it is served where its name says. */
    String of(String name) {
        return host + "/logs/" + name;
    }
}
