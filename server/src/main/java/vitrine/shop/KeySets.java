package vitrine.shop;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.RSAPublicKeySpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * The public keys of shops that sign with their own, from their {@code /.well-known/jwks.json}. Kept in memory; a key that is
 * not among them has the set fetched again, at most once in ten seconds a shop, so that a stranger's made-up key id costs the
 * shop nothing.
 */
@Component
final class KeySets {

    private static final int SHOPS_MAX = 1_000;
    private static final int BYTES_MAX = 64 * 1024;
    private static final Duration FETCH_PAUSE = Duration.ofSeconds(10);
    private static final Duration KEPT = Duration.ofHours(6);
    /** The inbox answers within a second; what did not come by then is asked for again by the sender. */
    private static final Duration TIMEOUT = Duration.ofMillis(700);

    private final Clock clock;
    private final HttpClient http = HttpClient.newBuilder()
            .connectTimeout(TIMEOUT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
    private final Map<ShopId, Kept> sets = new LinkedHashMap<>(16, 0.75f, true);

    KeySets(Clock clock) {
        this.clock = clock;
    }

    sealed interface Answer permits Found, NoSuchKey, OutOfReach {}

    record Found(PublicKey key) implements Answer {}

    record NoSuchKey() implements Answer {}

    record OutOfReach() implements Answer {}

    private record Kept(@Nullable Map<String, PublicKey> keys, Instant fetchedAt, Instant triedAt) {}

    Answer find(Shop shop, String keyId) {
        Instant now = clock.instant();
        Kept kept = kept(shop.id());
        boolean fresh =
                kept != null && kept.keys != null && kept.fetchedAt.plus(KEPT).isAfter(now);
        if (fresh && kept != null && key(kept, keyId) instanceof PublicKey key) return new Found(key);
        if (kept != null && kept.triedAt.plus(FETCH_PAUSE).isAfter(now)) {
            return kept.keys == null ? new OutOfReach() : answer(kept, keyId);
        }
        Map<String, PublicKey> fetched = fetch(shop);
        if (fetched == null) {
            // The keys that we have are good until we know better; a new key has to wait.
            Kept stale = new Kept(kept == null ? null : kept.keys, kept == null ? Instant.MIN : kept.fetchedAt, now);
            keep(shop.id(), stale);
            return key(stale, keyId) instanceof PublicKey key ? new Found(key) : new OutOfReach();
        }
        Kept next = new Kept(fetched, now, now);
        keep(shop.id(), next);
        return answer(next, keyId);
    }

    private static Answer answer(Kept kept, String keyId) {
        return key(kept, keyId) instanceof PublicKey key ? new Found(key) : new NoSuchKey();
    }

    private static @Nullable PublicKey key(Kept kept, String keyId) {
        if (kept.keys == null) return null;
        // A header without a key id means the only key.
        if (keyId.isEmpty() && kept.keys.size() == 1)
            return kept.keys.values().iterator().next();
        return kept.keys.get(keyId);
    }

    private @Nullable Kept kept(ShopId shop) {
        synchronized (sets) {
            return sets.get(shop);
        }
    }

    private void keep(ShopId shop, Kept kept) {
        synchronized (sets) {
            sets.put(shop, kept);
            if (sets.size() > SHOPS_MAX) sets.remove(sets.keySet().iterator().next());
        }
    }

    private @Nullable Map<String, PublicKey> fetch(Shop shop) {
        if (shop.apiUrl() == null) return null;
        String base = shop.apiUrl().replaceFirst("/(graphql/?)?$", "");
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create(base + "/.well-known/jwks.json"))
                    .timeout(TIMEOUT)
                    .header("Accept", "application/json")
                    .build();
            HttpResponse<InputStream> response = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream body = response.body()) {
                if (response.statusCode() != 200) return null;
                return parse(Json.MAPPER.readTree(body.readNBytes(BYTES_MAX)));
            }
        } catch (IOException | JacksonException | IllegalArgumentException e) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    private static Map<String, PublicKey> parse(JsonNode set) {
        Map<String, PublicKey> keys = new HashMap<>();
        for (JsonNode jwk : set.path("keys")) {
            boolean signs = Json.text(jwk, "kty").equals("RSA")
                    && (Json.text(jwk, "use").isEmpty() || Json.text(jwk, "use").equals("sig"));
            if (!signs) continue;
            try {
                BigInteger modulus = unsigned(Json.text(jwk, "n"));
                if (modulus.bitLength() < 2048) continue; // a key that can be broken signs nothing
                keys.put(
                        Json.text(jwk, "kid"),
                        KeyFactory.getInstance("RSA")
                                .generatePublic(new RSAPublicKeySpec(modulus, unsigned(Json.text(jwk, "e")))));
            } catch (GeneralSecurityException | IllegalArgumentException e) {
                continue; // one bad key of a set does not spoil the others
            }
        }
        return keys;
    }

    private static BigInteger unsigned(String base64url) {
        return new BigInteger(1, Base64.getUrlDecoder().decode(base64url));
    }
}
