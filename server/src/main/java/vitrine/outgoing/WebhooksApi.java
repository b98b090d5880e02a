package vitrine.outgoing;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
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
import vitrine.identity.Access;
import vitrine.platform.BrandId;
import vitrine.platform.api.Cursor;
import vitrine.platform.api.Described;
import vitrine.platform.api.Listing;
import vitrine.platform.api.Permission;
import vitrine.platform.api.Requires;
import vitrine.platform.web.Refused;

@RestController
@Requires(Permission.MANAGE)
class WebhooksApi {

    record Hook(
            UUID id,
            String url,
            List<String> types,
            String publicKey,
            Instant madeAt,
            @Nullable Instant slowUntil,
            @Nullable Instant disabledAt,
            @Nullable String disabledWhy) {}

    record Hooks(List<Hook> items) {}

    record NewHook(@Nullable String url, @Nullable List<String> types) {}

    /** @param secret shown this once */
    record MadeHook(UUID id, String secret, String publicKey) {}

    record Try(
            UUID message,
            String type,
            int nth,
            Instant at,
            @Nullable Integer status,
            @Nullable String failure,
            int tookMs) {}

    private final Webhooks webhooks;
    private final Access access;

    WebhooksApi(Webhooks webhooks, Access access) {
        this.webhooks = webhooks;
        this.access = access;
    }

    @GetMapping("/api/brands/{brand}/webhooks")
    @Described("Who is told what happens to the brand's things.")
    public Hooks webhooks(@PathVariable BrandId brand) {
        return new Hooks(webhooks.of(brand).stream()
                .map(w -> new Hook(
                        w.id(),
                        w.url(),
                        w.types(),
                        w.publicKey(),
                        w.madeAt(),
                        w.slowUntil(),
                        w.disabledAt(),
                        w.disabledWhy()))
                .toList());
    }

    @PostMapping("/api/brands/{brand}/webhooks")
    @ResponseStatus(HttpStatus.CREATED)
    @Described(
            "Tells an https address from now on of what 'types' names: piece.granted, piece.revoked, piece.moved, piece.redeemed, piece.retired, campaign.published, drop.published, drop.sold-out, drop.ended.")
    public MadeHook make(@PathVariable BrandId brand, @RequestBody NewHook wanted) {
        List<String> types = wanted.types() == null
                ? List.of()
                : wanted.types().stream().map(Objects::toString).toList();
        return switch (webhooks.make(brand, wanted.url() == null ? "" : wanted.url(), types, access.who())) {
            case Webhooks.Making.Made made ->
                new MadeHook(made.webhook().id(), made.secret(), made.webhook().publicKey());
            case Webhooks.Making.NotThere there ->
                throw new Refused(
                        HttpStatus.UNPROCESSABLE_CONTENT,
                        "webhook." + there.why(),
                        "'url' is an https address on the open internet");
            case Webhooks.Making.UnknownType unknown ->
                throw new Refused(
                        HttpStatus.UNPROCESSABLE_CONTENT,
                        "webhook.unknown-type",
                        "'types' names some of "
                                + Webhooks.TYPES.stream().sorted().toList());
        };
    }

    @DeleteMapping("/api/brands/{brand}/webhooks/{webhook}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Described("Nothing more is sent there.")
    public void remove(@PathVariable BrandId brand, @PathVariable UUID webhook) {
        if (!webhooks.remove(brand, webhook, access.who())) throw Refused.notFound();
    }

    @PostMapping("/api/brands/{brand}/webhooks/{webhook}/enable")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Described("Sends there again after it was switched off or asked for a rest.")
    public void enable(@PathVariable BrandId brand, @PathVariable UUID webhook) {
        if (!webhooks.enable(brand, webhook, access.who())) throw Refused.notFound();
    }

    @PostMapping("/api/brands/{brand}/webhooks/{webhook}/secret")
    @Described(
            "Makes new keys and answers the secret, this once; for 24 hours messages are signed with the old ones too.")
    public MadeHook rotate(@PathVariable BrandId brand, @PathVariable UUID webhook) {
        String secret = webhooks.rotate(brand, webhook, access.who()).orElseThrow(Refused::notFound);
        return new MadeHook(
                webhook,
                secret,
                webhooks.find(brand, webhook).orElseThrow(Refused::notFound).publicKey());
    }

    @GetMapping("/api/brands/{brand}/webhooks/{webhook}/attempts")
    @Described("What was tried there and what came of it, the newest first.")
    public Listing<Try> attempts(
            @PathVariable BrandId brand,
            @PathVariable UUID webhook,
            @RequestParam(defaultValue = "") String after,
            @RequestParam(defaultValue = "50") int limit) {
        Cursor from = Cursor.of(after, 3);
        Webhooks.TryKey last = from == null ? null : new Webhooks.TryKey(from.instant(0), from.uuid(1), from.number(2));
        return Listing.of(
                webhooks.attempts(brand, webhook, last, Cursor.limit(limit) + 1).stream()
                        .map(a -> new Try(a.message(), a.type(), a.nth(), a.at(), a.status(), a.failure(), a.tookMs()))
                        .toList(),
                limit,
                t -> Cursor.at(t.at(), t.message(), t.nth()));
    }

    @PostMapping("/api/brands/{brand}/webhooks/{webhook}/messages/{message}/replay")
    @ResponseStatus(HttpStatus.ACCEPTED)
    @Described("Sends a message once more, under its own id.")
    public void replay(@PathVariable BrandId brand, @PathVariable UUID webhook, @PathVariable UUID message) {
        if (!webhooks.replay(brand, webhook, message, access.who())) throw Refused.notFound();
    }
}
