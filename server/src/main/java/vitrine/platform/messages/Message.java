package vitrine.platform.messages;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * @param subject of a mail; a text message has its text alone
 * @param unsubscribe the address at which one press ends mails of this kind; null: it has to reach her
 */
public record Message(
        UUID id,
        Address to,
        String subject,
        String text,
        @Nullable String unsubscribe,
        Instant writtenAt) {}
