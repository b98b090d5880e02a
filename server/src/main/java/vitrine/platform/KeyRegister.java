package vitrine.platform;

import java.sql.SQLException;
import org.flywaydb.core.api.callback.Callback;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Event;
import org.springframework.stereotype.Component;

/** Writes the keys' fingerprints down as soon as the schema is there, and before anything else reads or writes a row. */
@Component
final class KeyRegister implements Callback {

    private final Keys keys;

    KeyRegister(Keys keys) {
        this.keys = keys;
    }

    @Override
    public boolean supports(Event event, Context context) {
        return event == Event.AFTER_MIGRATE;
    }

    @Override
    public boolean canHandleInTransaction(Event event, Context context) {
        return true;
    }

    @Override
    public void handle(Event event, Context context) {
        try {
            KeyFingerprints.register(context.getConnection(), keys);
        } catch (SQLException e) {
            throw new IllegalStateException("the keys' fingerprints could not be written down", e);
        }
    }

    @Override
    public String getCallbackName() {
        return "key-register";
    }
}
