package vitrine.platform.messages;

import java.time.Instant;
import java.util.UUID;

/** @param subject of a mail; a text message has its text alone */
public record Message(UUID id, Address to, String subject, String text, Instant writtenAt) {}
