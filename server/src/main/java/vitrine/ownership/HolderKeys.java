package vitrine.ownership;

import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;
import vitrine.catalog.PieceNumber;
import vitrine.identity.CollectorId;
import vitrine.identity.Collectors;

/** The private key by which whoever holds a piece proves it. It is made anew for each asking and kept nowhere. */
@Component
public class HolderKeys {

    private final Pieces pieces;
    private final Collectors collectors;
    private final OwnerHashes owners;

    HolderKeys(Pieces pieces, Collectors collectors, OwnerHashes owners) {
        this.pieces = pieces;
        this.collectors = collectors;
        this.owners = owners;
    }

    /** The seed of the present holding (32 bytes); empty: she does not hold this piece, whatever she held before. */
    public Optional<byte[]> of(PieceNumber number, CollectorId person) {
        Piece piece = pieces.find(number).orElse(null);
        if (piece == null || piece.state() != Piece.State.OWNED) return Optional.empty();
        // A piece stays with the id that it was given to; the key is made of that id's own secret.
        CollectorId holder = piece.owner();
        if (holder == null || !collectors.root(holder).equals(person)) return Optional.empty();
        byte[] secret = collectors.secrets(List.of(holder)).get(holder);
        return secret == null ? Optional.empty() : Optional.of(owners.seed(secret, number, piece.moves()));
    }
}
