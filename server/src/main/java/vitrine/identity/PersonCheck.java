package vitrine.identity;

import java.net.URI;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * Somebody outside who can tell one human from another and tells us nothing else: no name, no number, no picture comes here. What he
 * says may have passed through the hands of whoever is asked for, so it is signed.
 */
interface PersonCheck {

    /**
     * @param person 16 bytes, the same for this human each time, from which nobody learns who it is
     * @param ageLeast the lower end of the age band; 0: not said
     * @param at when it was said
     */
    record Said(byte[] person, int ageLeast, Instant at) {}

    /** Where she confirms; from there her browser comes to {@code back} with this state and the answer. */
    URI ask(String state, URI back, String language);

    /** Empty: it is not the provider's, or not for this state. */
    Optional<Said> read(String state, Map<String, String> answer);
}
