package vitrine.ownership.web;

import jakarta.servlet.http.HttpServletRequest;
import org.springframework.stereotype.Component;
import vitrine.identity.Access;
import vitrine.identity.CollectorId;
import vitrine.identity.Collectors;
import vitrine.identity.Sessions;
import vitrine.identity.Who;

/** Whether whoever looks holds a piece: signed in, or by a gift link that was opened in this browser. */
@Component
public class Holders {
    private final Collectors collectors;
    private final Sessions sessions;
    private final Access access;

    Holders(Collectors collectors, Sessions sessions, Access access) {
        this.collectors = collectors;
        this.sessions = sessions;
        this.access = access;
    }

    public boolean isHolder(OwnedPiece piece, HttpServletRequest request) {
        var owner = piece.owner();
        if (owner == null) return false;
        var holder = new CollectorId(owner);
        return switch (access.who()) {
            case Who.Guest g -> sessions.proven(request).contains(holder);
            case Who.Person p -> p.collector().equals(collectors.root(holder));
            case Who.Colleague c -> c.collector().equals(collectors.root(holder));
            case Who.Machine m -> false;
        };
    }
}
