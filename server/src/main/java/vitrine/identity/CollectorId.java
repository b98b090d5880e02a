package vitrine.identity;

import java.util.UUID;

public record CollectorId(UUID value) {
    @Override
    public String toString() {
        return value.toString();
    }
}
