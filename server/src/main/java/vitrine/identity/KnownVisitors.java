package vitrine.identity;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import vitrine.platform.web.Visitor;
import vitrine.platform.web.Visitors;

/** Tells the frame of a page who is looking. */
@Component
class KnownVisitors implements Visitors {

    private final Access access;
    private final Collectors collectors;

    KnownVisitors(Access access, Collectors collectors) {
        this.access = access;
        this.collectors = collectors;
    }

    @Override
    public @Nullable Visitor of(HttpServletRequest request) {
        return switch (access.who()) {
            case Who.Guest g -> null;
            case Who.Machine m -> null;
            case Who.Person p -> visitor(p.collector(), "", false);
            case Who.Colleague c -> visitor(c.collector(), c.name(), true);
        };
    }

    private Visitor visitor(CollectorId id, String otherwise, boolean staff) {
        Optional<Collector> collector = collectors.find(id);
        return new Visitor(
                collector.map(Collector::displayName).orElse(otherwise),
                collector.map(Collector::handle).orElse(""),
                staff);
    }
}
