package vitrine.campaign.desk;

import jakarta.servlet.http.HttpServletResponse;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import vitrine.catalog.Brand;
import vitrine.catalog.Catalog;
import vitrine.identity.ApiKeys;
import vitrine.identity.Audit;
import vitrine.identity.Colleagues;
import vitrine.identity.LastOperator;
import vitrine.identity.StaffId;
import vitrine.identity.Who;
import vitrine.platform.BrandId;
import vitrine.platform.BuyerKeys;
import vitrine.platform.api.Cursor;
import vitrine.platform.api.Permission;
import vitrine.platform.api.Requires;
import vitrine.platform.messages.Address;
import vitrine.platform.messages.Messages;
import vitrine.platform.web.Here;
import vitrine.platform.web.Refused;
import vitrine.platform.web.Texts;

/** Who works for the brand, its programs' keys, and what all of them did. */
@Controller
@Requires(Permission.MANAGE)
public class TeamDesk {

    private static final Duration AGENCY_MAX = Duration.ofDays(366);
    private static final int NAME_MAX = 100;
    /** What deeds are done to: the first word of each. */
    static final List<String> KINDS = List.of(
            "campaign",
            "collectible",
            "series",
            "creator",
            "brand",
            "shop",
            "delivery",
            "bulk",
            "message",
            "members",
            "drop",
            "airdrop",
            "redemption",
            "exhibition",
            "shelf",
            "spots",
            "application",
            "orders",
            "person",
            "mails",
            "team",
            "api-key",
            "webhook",
            "money",
            "log");

    private final Desks desks;
    private final Catalog catalog;
    private final Colleagues colleagues;
    private final ApiKeys keys;
    private final Audit audit;
    private final DeedWords words;
    private final BuyerKeys addresses;
    private final Messages messages;
    private final Clock clock;

    TeamDesk(
            Desks desks,
            Catalog catalog,
            Colleagues colleagues,
            ApiKeys keys,
            Audit audit,
            DeedWords words,
            BuyerKeys addresses,
            Messages messages,
            Clock clock) {
        this.desks = desks;
        this.catalog = catalog;
        this.colleagues = colleagues;
        this.keys = keys;
        this.audit = audit;
        this.words = words;
        this.addresses = addresses;
        this.messages = messages;
        this.clock = clock;
    }

    /** @param may what an agency is given, as ticked */
    public record Invited(String name, String email, String role, String until, Set<Permission> may) {
        static final Invited NOBODY = new Invited("", "", "team", "", Colleagues.Role.AGENCY.usual());
    }

    /** An agency's rights and last day, as they were typed and refused. */
    public record Amended(UUID member, Set<Permission> may, String until) {}

    /**
     * Who may do what here.
     *
     * @param kind {@code operator}, {@code team}, {@code agency} or {@code key}
     * @param until null: until it is ended
     * @param over its time has passed: it may do nothing any more
     */
    public record May(
            String name,
            String kind,
            Set<Permission> may,
            @Nullable Instant until,
            boolean over) {}

    /**
     * @param here its reader may let people in, give rights and end both: an agency may not
     * @param me whose own row asks once more before it is ended; null: a program looks
     * @param mays everybody and everything that may act for this brand: also the house's operators, and programs
     */
    public record Team(
            List<Colleagues.Membership> members,
            List<May> mays,
            boolean house,
            boolean here,
            @Nullable StaffId me,
            Invited invited,
            @Nullable Amended amended,
            @Nullable String refusal) {

        /** @param member an agency: as it is, or as somebody wanted it */
        public Amended of(Colleagues.Membership member, Texts t) {
            if (amended != null && isAmended(member)) return amended;
            Instant until = member.goodUntil();
            return new Amended(
                    member.id(),
                    member.may(),
                    until == null
                            ? ""
                            : until.minusSeconds(1)
                                    .atZone(t.zone())
                                    .toLocalDate()
                                    .toString());
        }

        public boolean isMine(Colleagues.Membership member) {
            return member.staff().equals(me);
        }

        public boolean isAmended(Colleagues.Membership member) {
            return amended != null && amended.member().equals(member.id());
        }
    }

    /**
     * @param revocable an agency revokes no key but its own
     * @param name of a key that was refused, as typed, with what was {@code ticked} for it
     * @param made the key that was just made: it is shown this once
     */
    public record Keys(
            List<ApiKeys.ApiKey> keys,
            Predicate<ApiKeys.ApiKey> revocable,
            List<String> scopes,
            String name,
            List<String> ticked,
            @Nullable String made,
            @Nullable String refusal) {}

    /** As it stands in the address. */
    public record Asked(String who, String what, String to, String from, String until) {
        public boolean isAnything() {
            return !(who + what + to + from + until).isEmpty();
        }
    }

    public record Deeds(
            List<DeedWords.Deed> deeds,
            List<Audit.Actor> actors,
            List<String> kinds,
            Asked asked,
            boolean first,
            @Nullable String older) {}

    @GetMapping("/desk/{brand}/team")
    ModelAndView team(@PathVariable BrandId brand, @RequestParam(required = false) @Nullable String said) {
        return Desks.page("team", desks.of(brand, said), team(brand, Invited.NOBODY, null, null));
    }

    private Team team(BrandId brand, Invited invited, @Nullable Amended amended, @Nullable String refusal) {
        List<Colleagues.Membership> members = colleagues.of(brand);
        return new Team(
                members,
                mays(brand, members),
                desks.of(brand, null).brand().kind() == Brand.Kind.HOUSE,
                desks.isHere(brand),
                desks.who() instanceof Who.Colleague c ? c.staff() : null,
                invited,
                amended,
                refusal);
    }

    private List<May> mays(BrandId brand, List<Colleagues.Membership> members) {
        Instant now = clock.instant();
        List<May> mays = new ArrayList<>();
        for (Brand house : catalog.brands()) {
            if (house.kind() != Brand.Kind.HOUSE || house.id().equals(brand)) continue;
            for (var operator : colleagues.of(house.id())) mays.add(may(operator, now));
        }
        for (var member : members) mays.add(may(member, now));
        for (ApiKeys.ApiKey key : keys.of(brand)) {
            if (key.revokedAt() == null)
                mays.add(new May(key.name(), "key", key.scopes(), key.goodUntil(), key.over()));
        }
        return mays;
    }

    private static May may(Colleagues.Membership member, Instant now) {
        Instant until = member.goodUntil();
        return new May(member.name(), member.role().code(), member.may(), until, until != null && !now.isBefore(until));
    }

    /** The mail says where to sign in; that the address is theirs is proven there. */
    @PostMapping("/desk/{brand}/team")
    ModelAndView invite(
            @PathVariable BrandId brand,
            @RequestParam(defaultValue = "") String name,
            @RequestParam(defaultValue = "") String email,
            @RequestParam(defaultValue = "team") String role,
            @RequestParam(defaultValue = "") String until,
            @RequestParam(name = "may", defaultValue = "") List<String> ticked,
            Here here) {
        Texts t = here.t();
        Desk desk = desks.of(brand, null);
        boolean house = desk.brand().kind() == Brand.Kind.HOUSE;
        // Whoever works for the house acts for every brand.
        Colleagues.Role as = house
                ? Colleagues.Role.OPERATOR
                : role.equals("agency") ? Colleagues.Role.AGENCY : Colleagues.Role.TEAM;
        Instant end = end(until, t);
        Set<Permission> may = permissions(ticked);
        String refusal = null;
        if (!isName(name)) refusal = t.get("desk.team.no-name", NAME_MAX);
        else if (addresses.email(email.strip()).isEmpty()) refusal = t.get("sign-in.not-an-address");
        else if (as == Colleagues.Role.TEAM && !until.isBlank()) refusal = t.get("desk.team.end-of-team");
        else if (as == Colleagues.Role.AGENCY && !isAhead(end)) refusal = t.get("desk.team.no-end");
        else if (!desks.isHere(brand) || !desk.may().containsAll(as == Colleagues.Role.AGENCY ? may : as.usual()))
            refusal = t.get("desk.team.not-yours");
        if (refusal != null) {
            return Desks.page(
                    "team",
                    desk,
                    team(brand, new Invited(name, email, role, until, may), null, refusal),
                    HttpStatus.UNPROCESSABLE_CONTENT);
        }
        desks.inOneTransaction(() -> {
            colleagues.join(
                    brand,
                    colleagues.add(name.strip(), email.strip()),
                    as,
                    may,
                    as == Colleagues.Role.AGENCY ? end : null,
                    desks.who());
            String brandName = t.of(desk.brand().name());
            messages.write(
                    Address.email(email.strip()),
                    t.get("desk.invite.subject", brandName),
                    t.get(
                            "desk.invite.text",
                            name.strip(),
                            brandName,
                            here.baseUrl().replaceFirst("/+$", "") + desk.path("")));
            return true;
        });
        return Desks.to(desk.path("team") + "?said=invited");
    }

    private static Set<Permission> permissions(List<String> ticked) {
        Set<Permission> may = EnumSet.noneOf(Permission.class);
        for (String scope : ticked) Permission.ofScope(scope).ifPresent(may::add);
        return may;
    }

    /** An agency's rights one by one, and its last day. Nobody gives what he does not have, and no agency gives anything. */
    @PostMapping("/desk/{brand}/team/{member}/may")
    ModelAndView allow(
            @PathVariable BrandId brand,
            @PathVariable UUID member,
            @RequestParam(defaultValue = "") String until,
            @RequestParam(name = "may", defaultValue = "") List<String> ticked,
            Texts t) {
        Desk desk = desks.of(brand, null);
        Set<Permission> may = permissions(ticked);
        Instant end = end(until, t);
        String refusal = !isAhead(end)
                ? t.get("desk.team.no-end")
                : !desks.isHere(brand) || !desk.may().containsAll(may) ? t.get("desk.team.not-yours") : null;
        if (refusal != null || end == null) {
            return Desks.page(
                    "team",
                    desk,
                    team(brand, Invited.NOBODY, new Amended(member, may, until), refusal),
                    HttpStatus.UNPROCESSABLE_CONTENT);
        }
        if (!colleagues.allow(brand, member, may, end, desks.who())) throw Refused.notFound();
        return Desks.to(desk.path("team") + "?said=allowed");
    }

    private boolean isAhead(@Nullable Instant end) {
        Instant now = clock.instant();
        return end != null && end.isAfter(now) && !end.isAfter(now.plus(AGENCY_MAX));
    }

    /** To the end of that day. */
    private static @Nullable Instant end(String day, Texts t) {
        try {
            return LocalDate.parse(day).plusDays(1).atStartOfDay(t.zone()).toInstant();
        } catch (DateTimeException e) {
            return null;
        }
    }

    private static boolean isName(String name) {
        String text = name.strip();
        return !text.isEmpty() && text.length() <= NAME_MAX && text.chars().noneMatch(Character::isISOControl);
    }

    @PostMapping("/desk/{brand}/team/{member}/end")
    ModelAndView end(@PathVariable BrandId brand, @PathVariable UUID member, Texts t) {
        if (!desks.isHere(brand))
            throw new Refused(HttpStatus.FORBIDDEN, "access.denied", "An agency ends nobody's work.");
        try {
            if (!colleagues.end(brand, member, desks.who())) throw Refused.notFound();
        } catch (LastOperator e) {
            return Desks.page(
                    "team",
                    desks.of(brand, null),
                    team(brand, Invited.NOBODY, null, t.get("desk.team.last-operator")),
                    HttpStatus.CONFLICT);
        }
        // Whoever ended her own work here has no desk here any more.
        if (!desks.may(brand).contains(Permission.MANAGE)) return Desks.to("/");
        return Desks.to(desks.of(brand, null).path("team") + "?said=member-ended");
    }

    @GetMapping("/desk/{brand}/keys")
    ModelAndView keys(@PathVariable BrandId brand, @RequestParam(required = false) @Nullable String said) {
        return Desks.page("keys", desks.of(brand, said), keysOf(brand, "", List.of(), null, null));
    }

    private Keys keysOf(
            BrandId brand, String name, List<String> ticked, @Nullable String made, @Nullable String refusal) {
        boolean here = desks.isHere(brand);
        return new Keys(
                keys.of(brand),
                key -> here || keys.isOwn(brand, key.id(), desks.who()),
                desks.of(brand, null).may().stream().map(Permission::scope).toList(),
                name,
                ticked,
                made,
                refusal);
    }

    @PostMapping("/desk/{brand}/keys")
    ModelAndView make(
            @PathVariable BrandId brand,
            @RequestParam(defaultValue = "") String name,
            @RequestParam(name = "scope", defaultValue = "") List<String> asked,
            Texts t,
            HttpServletResponse response) {
        Desk desk = desks.of(brand, null);
        Set<Permission> scopes = EnumSet.noneOf(Permission.class);
        for (String scope : asked) Permission.ofScope(scope).ifPresent(scopes::add);
        // Nobody gives what he does not have.
        scopes.retainAll(desk.may());
        String refusal = !isName(name)
                ? t.get("desk.team.no-name", NAME_MAX)
                : scopes.isEmpty() ? t.get("desk.keys.no-scope") : null;
        if (refusal != null) {
            return Desks.page(
                    "keys", desk, keysOf(brand, name, asked, null, refusal), HttpStatus.UNPROCESSABLE_CONTENT);
        }
        var made = keys.make(brand, name.strip(), scopes, desks.who());
        response.setHeader("Cache-Control", "no-store");
        return Desks.page("keys", desk, keysOf(brand, "", List.of(), made.text(), null));
    }

    @PostMapping("/desk/{brand}/keys/{key}/revoke")
    ModelAndView revoke(@PathVariable BrandId brand, @PathVariable UUID key) {
        if (!desks.isHere(brand) && !keys.isOwn(brand, key, desks.who()))
            throw new Refused(HttpStatus.FORBIDDEN, "access.denied", "An agency revokes its own keys.");
        if (!keys.revoke(brand, key, desks.who())) throw Refused.notFound();
        return Desks.to(desks.of(brand, null).path("keys") + "?said=key-revoked");
    }

    @GetMapping("/desk/{brand}/audit")
    ModelAndView audit(
            @PathVariable BrandId brand,
            @RequestParam(defaultValue = "") String who,
            @RequestParam(defaultValue = "") String what,
            @RequestParam(defaultValue = "") String to,
            @RequestParam(defaultValue = "") String from,
            @RequestParam(defaultValue = "") String until,
            @RequestParam(defaultValue = "") String after,
            Texts t) {
        Desk desk = desks.of(brand, null);
        Cursor start = Cursor.of(after, 1);
        var filter =
                new Audit.Filter(who, KINDS.contains(what) ? what : "", to.strip(), beginning(from, t), end(until, t));
        List<Audit.Entry> deeds = audit.read(brand, filter, start == null ? null : start.uuid(0), Desks.PAGE + 1);
        List<Audit.Entry> shown = deeds.subList(0, Math.min(deeds.size(), Desks.PAGE));
        String older = deeds.size() <= Desks.PAGE
                ? null
                : Desks.address(
                        desk.path("audit"),
                        "who",
                        who,
                        "what",
                        filter.act(),
                        "to",
                        filter.subject(),
                        "from",
                        from,
                        "until",
                        until,
                        "after",
                        Cursor.at(shown.getLast().id()));
        return Desks.page(
                "audit",
                desk,
                new Deeds(
                        words.of(brand, shown, t),
                        audit.actors(brand),
                        KINDS,
                        new Asked(who, filter.act(), filter.subject(), from, until),
                        after.isEmpty(),
                        older));
    }

    private static @Nullable Instant beginning(String day, Texts t) {
        Instant end = end(day, t);
        return end == null ? null : end.minus(Duration.ofDays(1));
    }
}
