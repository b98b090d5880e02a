package vitrine.identity;

import java.util.EnumSet;
import java.util.Set;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.stereotype.Component;
import vitrine.platform.BrandId;
import vitrine.platform.api.Permission;
import vitrine.platform.web.Refused;

/** Who asks, and whether this may be done by him. */
@Component
public class Access {

    private final Colleagues colleagues;
    private final ApiKeys keys;

    Access(Colleagues colleagues, ApiKeys keys) {
        this.colleagues = colleagues;
        this.keys = keys;
    }

    /** Whose request the current thread answers. */
    public Who who() {
        return SecurityContextHolder.getContext().getAuthentication() instanceof SignedIn signedIn
                ? signedIn.who()
                : new Who.Guest();
    }

    /** The signed-in person, or the request ends with 401: people are led to the sign-in page. */
    public CollectorId person() {
        return switch (who()) {
            case Who.Person p -> p.collector();
            case Who.Colleague c -> c.collector();
            case Who.Guest g -> throw unknown();
            case Who.Machine m -> throw new Refused(HttpStatus.FORBIDDEN, "access.not-a-person", null);
        };
    }

    /** Ends the request with 401 or 403, or does nothing. */
    public void requires(BrandId brand, Permission permission) {
        Who who = who();
        if (who instanceof Who.Guest) throw unknown();
        if (!permissions(who, brand).contains(permission)) throw denied(permission);
    }

    /** For what belongs to no one brand: allowed when it is allowed for any. */
    public void requiresAnywhere(Permission permission) {
        boolean allowed =
                switch (who()) {
                    case Who.Guest g -> throw unknown();
                    case Who.Person p -> false;
                    case Who.Machine m -> m.scopes().contains(permission);
                    case Who.Colleague c ->
                        colleagues.of(c.staff()).stream().anyMatch(m -> m.may().contains(permission));
                };
        if (!allowed) throw denied(permission);
    }

    public Set<Permission> permissions(Who who, BrandId brand) {
        Set<Permission> all = EnumSet.noneOf(Permission.class);
        switch (who) {
            case Who.Guest g -> {}
            case Who.Person p -> {}
            case Who.Machine m -> {
                if (m.brand().equals(brand)) all.addAll(m.scopes());
            }
            case Who.Colleague c -> {
                for (var membership : colleagues.of(c.staff())) {
                    if (membership.role() == Colleagues.Role.OPERATOR
                            || membership.brand().equals(brand)) all.addAll(membership.may());
                }
            }
        }
        return all;
    }

    /** Whether he is here without an end: an agency, or its program, lets nobody in and gives nobody rights. */
    public boolean isHere(BrandId brand) {
        return switch (who()) {
            case Who.Guest g -> false;
            case Who.Person p -> false;
            case Who.Machine m -> !keys.isAgencys(brand, m.key());
            case Who.Colleague c ->
                colleagues.of(c.staff()).stream()
                        .anyMatch(m -> m.role() == Colleagues.Role.OPERATOR
                                || m.role() == Colleagues.Role.TEAM && m.brand().equals(brand));
        };
    }

    /** Whether he acts for every brand. */
    public boolean isOperator() {
        return who() instanceof Who.Colleague c
                && colleagues.of(c.staff()).stream().anyMatch(m -> m.role() == Colleagues.Role.OPERATOR);
    }

    /** 401, for whoever must be somebody to go on. */
    public Refused unknown() {
        return new Refused(HttpStatus.UNAUTHORIZED, "access.sign-in", "Sign in, or send an API key.");
    }

    private static Refused denied(Permission permission) {
        return new Refused(
                HttpStatus.FORBIDDEN, "access.denied", "This needs '" + permission.scope() + "' for this brand.");
    }
}
