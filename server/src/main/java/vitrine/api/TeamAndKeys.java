package vitrine.api;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import vitrine.identity.Access;
import vitrine.identity.ApiKeys;
import vitrine.identity.Audit;
import vitrine.identity.Colleagues;
import vitrine.identity.LastOperator;
import vitrine.platform.BrandId;
import vitrine.platform.BuyerKeys;
import vitrine.platform.api.Cursor;
import vitrine.platform.api.Described;
import vitrine.platform.api.Listing;
import vitrine.platform.api.Permission;
import vitrine.platform.api.Requires;
import vitrine.platform.web.Refused;

/** Who and what may act for a brand, and what they did. */
@RestController
@Requires(Permission.MANAGE)
class TeamAndKeys {

    private static final int NAME_MAX = 80;
    private static final Duration AGENCY_MAX = Duration.ofDays(366);

    /**
     * @param scopes what it may now
     * @param goodUntil when whoever made it may do nothing here any more, and the key neither; null: it has no last day
     * @param over an agency made it whose time is over: it may do nothing, though nobody revoked it
     */
    record Key(
            UUID id,
            String name,
            List<String> scopes,
            Instant madeAt,
            @Nullable Instant goodUntil,
            boolean over,
            @Nullable LocalDate lastUsedOn,
            @Nullable Instant revokedAt) {}

    record Keys(List<Key> items) {}

    record NewKey(@Nullable String name, @Nullable List<String> scopes) {}

    /** @param key shown this once */
    record MadeKey(UUID id, String key) {}

    record Member(
            UUID id,
            UUID staff,
            String name,
            String role,
            List<String> may,
            Instant since,
            @Nullable Instant until) {}

    record Members(List<Member> items) {}

    record NewMember(
            @Nullable String name,
            @Nullable String email,
            @Nullable String role,
            @Nullable List<String> may,
            @Nullable Instant until) {}

    record Deed(UUID id, Instant at, String actor, String name, String act, String subject, JsonNode detail) {}

    private final ApiKeys keys;
    private final Colleagues colleagues;
    private final Audit audit;
    private final Access access;
    private final BuyerKeys addresses;
    private final Clock clock;
    private final JsonMapper json;

    TeamAndKeys(
            ApiKeys keys,
            Colleagues colleagues,
            Audit audit,
            Access access,
            BuyerKeys addresses,
            Clock clock,
            JsonMapper json) {
        this.keys = keys;
        this.colleagues = colleagues;
        this.audit = audit;
        this.access = access;
        this.addresses = addresses;
        this.clock = clock;
        this.json = json;
    }

    @GetMapping("/api/brands/{brand}/api-keys")
    @Described(
            "The brand's API keys, also those that are revoked, or over with the agency that made them; a key itself is shown only when it is made.")
    public Keys keys(@PathVariable BrandId brand) {
        return new Keys(keys.of(brand).stream()
                .map(k -> new Key(
                        k.id(),
                        k.name(),
                        k.scopes().stream().map(Permission::scope).sorted().toList(),
                        k.madeAt(),
                        k.goodUntil(),
                        k.over(),
                        k.lastUsedOn(),
                        k.revokedAt()))
                .toList());
    }

    @PostMapping("/api/brands/{brand}/api-keys")
    @ResponseStatus(HttpStatus.CREATED)
    @Described("Makes an API key with some of the caller's own permissions.")
    public MadeKey make(@PathVariable BrandId brand, @RequestBody NewKey wanted) {
        String name = named(wanted.name());
        Set<Permission> scopes = scopes(wanted.scopes() == null ? List.of() : wanted.scopes());
        if (scopes.isEmpty())
            throw refused("api-key.no-scope", "'scopes' names at least one of see, campaigns, shops, manage, messages");
        // Nobody gives what he does not have.
        if (!access.permissions(access.who(), brand).containsAll(scopes))
            throw new Refused(
                    HttpStatus.FORBIDDEN, "access.denied", "A key has no more permissions than who makes it.");
        var made = keys.make(brand, name, scopes, access.who());
        return new MadeKey(made.key().id(), made.text());
    }

    private static Set<Permission> scopes(List<String> named) {
        Set<Permission> scopes = EnumSet.noneOf(Permission.class);
        for (String scope : named) {
            // JSON may hold a null where a text should stand.
            String said = String.valueOf(scope);
            scopes.add(Permission.ofScope(said).orElseThrow(() -> refused("api-key.unknown-scope", said)));
        }
        return scopes;
    }

    @DeleteMapping("/api/brands/{brand}/api-keys/{key}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Described("Revokes an API key, from the next request on; an agency revokes its own.")
    public void revoke(@PathVariable BrandId brand, @PathVariable UUID key) {
        if (!access.isHere(brand) && !keys.isOwn(brand, key, access.who()))
            throw new Refused(HttpStatus.FORBIDDEN, "access.denied", "An agency revokes its own keys.");
        if (!keys.revoke(brand, key, access.who())) throw Refused.notFound();
    }

    @GetMapping("/api/brands/{brand}/members")
    @Described("Who works for the brand: its team and its agencies.")
    public Members members(@PathVariable BrandId brand) {
        return new Members(
                colleagues.of(brand).stream().map(TeamAndKeys::member).toList());
    }

    @PostMapping("/api/brands/{brand}/members")
    @ResponseStatus(HttpStatus.CREATED)
    @Described(
            "Lets somebody work for the brand: as 'team', or as 'agency' until a day with the permissions in 'may'. They sign in by that address.")
    public Member join(@PathVariable BrandId brand, @RequestBody NewMember wanted) {
        String name = named(wanted.name());
        String email = wanted.email() == null ? "" : wanted.email();
        if (addresses.email(email).isEmpty())
            throw refused("member.not-an-address", "'email' is where sign-in mails go");
        Colleagues.Role role = Colleagues.Role.of(wanted.role() == null ? "" : wanted.role())
                .filter(r -> r != Colleagues.Role.OPERATOR || access.isOperator())
                .orElseThrow(() -> refused("member.unknown-role", "'role' is team or agency"));
        Instant now = clock.instant();
        Instant until = wanted.until();
        if (role == Colleagues.Role.AGENCY && until == null)
            throw refused("member.without-end", "an agency's access has an end: 'until'");
        if (until != null && (until.isBefore(now) || until.isAfter(now.plus(AGENCY_MAX))))
            throw refused("member.bad-end", "'until' lies ahead, by a year at most");
        Set<Permission> may =
                role != Colleagues.Role.AGENCY || wanted.may() == null ? role.usual() : scopes(wanted.may());
        // Nobody gives what he does not have.
        if (!access.isHere(brand) || !access.permissions(access.who(), brand).containsAll(may))
            throw new Refused(
                    HttpStatus.FORBIDDEN,
                    "access.denied",
                    "An agency lets nobody in, and a member has no more permissions than who lets her in.");
        try {
            return member(colleagues.join(brand, colleagues.add(name, email), role, may, until, access.who()));
        } catch (LastOperator e) {
            throw lastOperator();
        }
    }

    @DeleteMapping("/api/brands/{brand}/members/{member}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Described("Ends somebody's work for the brand, at once.")
    public void end(@PathVariable BrandId brand, @PathVariable UUID member) {
        if (!access.isHere(brand))
            throw new Refused(HttpStatus.FORBIDDEN, "access.denied", "An agency ends nobody's work.");
        try {
            if (!colleagues.end(brand, member, access.who())) throw Refused.notFound();
        } catch (LastOperator e) {
            throw lastOperator();
        }
    }

    private static Refused lastOperator() {
        return new Refused(
                HttpStatus.CONFLICT, LastOperator.CODE, "The last operator stays one: let another one in first.");
    }

    @GetMapping("/api/brands/{brand}/audit")
    @Described("What staff and their programs did for the brand, the newest first.")
    public Listing<Deed> audit(
            @PathVariable BrandId brand,
            @RequestParam(defaultValue = "") String after,
            @RequestParam(defaultValue = "50") int limit) {
        Cursor from = Cursor.of(after, 1);
        return Listing.of(
                audit.read(brand, from == null ? null : from.uuid(0), Cursor.limit(limit) + 1).stream()
                        .map(e -> new Deed(
                                e.id(),
                                e.at(),
                                e.actor(),
                                e.actorName(),
                                e.act(),
                                e.subject(),
                                json.readTree(e.detail())))
                        .toList(),
                limit,
                d -> Cursor.at(d.id()));
    }

    private static Member member(Colleagues.Membership m) {
        return new Member(
                m.id(),
                m.staff().value(),
                m.name(),
                m.role().code(),
                m.may().stream().map(Permission::scope).sorted().toList(),
                m.givenAt(),
                m.goodUntil());
    }

    private static String named(@Nullable String name) {
        String text = name == null ? "" : name.strip();
        if (text.isEmpty() || text.length() > NAME_MAX || text.chars().anyMatch(Character::isISOControl))
            throw refused("request.bad-name", "'name' has 1 to " + NAME_MAX + " signs");
        return text;
    }

    private static Refused refused(String code, String detail) {
        return new Refused(HttpStatus.UNPROCESSABLE_CONTENT, code, detail);
    }
}
