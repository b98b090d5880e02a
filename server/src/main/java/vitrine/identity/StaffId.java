package vitrine.identity;

import java.util.UUID;

public record StaffId(UUID value) {
    @Override
    public String toString() {
        return value.toString();
    }
}
