package vitrine.platform.messages;

/** Brings a message to where it is addressed: a mail server, a provider of text messages, the demo's page. */
public interface Carrier {

    boolean reaches(Address.Kind kind);

    /** Returns when somebody else has taken the message over. The same message may come twice, after a crash in between. */
    void carry(Message message) throws NotCarried;

    /** Nobody took it over; it is tried again later. The message holds nothing personal. */
    final class NotCarried extends Exception {
        private static final long serialVersionUID = 1L;

        public NotCarried(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
