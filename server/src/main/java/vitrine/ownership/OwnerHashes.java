package vitrine.ownership;

import java.security.SecureRandom;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.springframework.stereotype.Component;
import vitrine.catalog.Catalog;
import vitrine.catalog.PieceNumber;
import vitrine.identity.CollectorId;
import vitrine.identity.Collectors;
import vitrine.proof.Hash32;
import vitrine.proof.OwnerKeys;

/**
 * The owner as the log knows her: the hash of a public key that is made for this one ownership of this one piece from her secret. Two
 * pieces of one person cannot be linked, and without the secret nobody is named.
 */
@Component
class OwnerHashes {

    private final Collectors collectors;
    private final Catalog catalog;
    private final SecureRandom random;

    OwnerHashes(Collectors collectors, Catalog catalog, SecureRandom random) {
        this.collectors = collectors;
        this.catalog = catalog;
        this.random = random;
    }

    Map<Grant, Hash32> of(List<Grant> grants, ToIntFunction<Grant> moves) {
        Map<CollectorId, byte[]> secrets =
                collectors.secrets(grants.stream().map(Grant::to).distinct().toList());
        Map<Grant, Hash32> owners = new HashMap<>();
        for (Grant grant : grants) {
            byte[] secret = secrets.get(grant.to());
            if (secret == null) secret = nobodys(grant.to());
            byte[] seed = seed(secret, grant.piece(), moves.applyAsInt(grant));
            // Bouncy Castle makes this public key eight times faster than the JDK, and it is made once for every piece.
            byte[] publicKey =
                    new Ed25519PrivateKeyParameters(seed).generatePublicKey().getEncoded();
            owners.put(grant, OwnerKeys.ownerHash(publicKey));
        }
        return owners;
    }

    /**
     * Her account was erased while a piece was on its way to her: it goes under a key that is thrown away at once. The records are
     * whole, and nobody can ever show that she was the owner.
     */
    private byte[] nobodys(CollectorId collector) {
        if (collectors.erased(List.of(collector)).isEmpty())
            throw new IllegalStateException("no such collector: " + collector);
        byte[] secret = new byte[32];
        random.nextBytes(secret);
        return secret;
    }

    byte[] seed(byte[] secret, PieceNumber piece, int moves) {
        return OwnerKeys.seed(secret, catalog.collectible(piece.collectible()).manifest(), piece.serial(), moves);
    }
}
