package vitrine.ledger;

import java.util.UUID;

public record LogId(UUID value) {
    @Override
    public String toString() {
        return value.toString();
    }
}
