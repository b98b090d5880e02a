package vitrine.identity;

import java.util.Optional;
import org.springframework.stereotype.Component;
import vitrine.platform.messages.Address;
import vitrine.platform.messages.Messages;
import vitrine.platform.web.Heres;
import vitrine.platform.web.Language;
import vitrine.platform.web.Texts;

/** Whom a mail can reach, where, and in which language it is read there. */
@Component
public class Readers {

    private final Collectors collectors;
    private final Messages messages;
    private final Heres heres;

    Readers(Collectors collectors, Messages messages, Heres heres) {
        this.collectors = collectors;
        this.messages = messages;
        this.heres = heres;
    }

    /**
     * @param person whoever it is that the collector was joined to
     * @param t words in her language
     */
    public record Reader(CollectorId person, Address to, Texts t) {}

    /** Empty: she has no address, or nothing here sends to such a one. */
    public Optional<Reader> of(CollectorId collector) {
        CollectorId person = collectors.root(collector);
        Address to = collectors.contact(person).orElse(null);
        if (to == null || !messages.reaches(to.kind())) return Optional.empty();
        boolean chinese =
                collectors.find(person).map(Collector::language).orElse("zh").startsWith("zh");
        return Optional.of(new Reader(person, to, heres.texts(chinese ? Language.ZH : Language.EN)));
    }
}
