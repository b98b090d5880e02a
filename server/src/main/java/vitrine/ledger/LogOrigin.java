package vitrine.ledger;

import org.springframework.stereotype.Component;
import vitrine.platform.Settings;

/** The name under which a new log is opened (C2SP tlog-checkpoint: a schema-less URL without trailing slash). */
@Component
class LogOrigin {

    private final String text;

    LogOrigin(Settings settings) {
        this.text = settings.baseUrl().getAuthority() + "/log";
    }

    String text() {
        return text;
    }
}
