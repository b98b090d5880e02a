package vitrine.identity;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.core.authority.SimpleGrantedAuthority;

/** {@link Who}, as Spring Security carries it through a request. It is made anew for each one and never stored. */
final class SignedIn extends AbstractAuthenticationToken {
    private static final long serialVersionUID = 1L;

    static final String COLLECTOR = "collector";
    static final String STAFF = "staff";
    static final String KEY = "key";

    private final transient Who who;

    SignedIn(Who who) {
        super(authorities(who).stream().map(SimpleGrantedAuthority::new).toList());
        this.who = who;
        setAuthenticated(true);
    }

    private static List<String> authorities(Who who) {
        return switch (who) {
            case Who.Guest g -> List.of();
            case Who.Person p -> List.of(COLLECTOR);
            case Who.Colleague c -> List.of(COLLECTOR, STAFF);
            case Who.Machine m -> List.of(KEY);
        };
    }

    Who who() {
        return who;
    }

    @Override
    public @Nullable Object getCredentials() {
        return null;
    }

    @Override
    public Object getPrincipal() {
        return who;
    }

    @Override
    public String getName() {
        return who.actor();
    }
}
