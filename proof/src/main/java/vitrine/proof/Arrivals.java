package vitrine.proof;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

/**
 * The places of those who came before a stage opened. Each of them is one hash in a list whose root is in the log before a public
 * random value exists; with it each hash gets a number, and in the order of those numbers they stand. Whoever has the list, the
 * record and the value computes the same order; whoever has only her own line computes her number, and sees that it is hers.
 *
 * <pre>
 * arrival = SHA-256("vitrine/arrival/v1\n" || stage || collector || salt)     (16, 16 and 32 bytes)
 * root    = root of the RFC 6962 tree whose entries are the arrivals, in ascending order
 * seed    = SHA-256("vitrine/places/v1\n" || leaf hash of the queue.arrivals record || signature of the named round)
 * number  = SHA-256("vitrine/place/v1\n" || seed || arrival)
 * place   = 1 + how many numbers are smaller
 * </pre>
 */
public final class Arrivals {
    /** By what name a drop's rules bind how its places are drawn; what follows here is what the name means, for good. */
    public static final String ALGORITHM = "vitrine/places/v1";

    private static final byte[] ARRIVAL = Encoding.utf8("vitrine/arrival/v1\n");
    private static final byte[] PLACES = Encoding.utf8(ALGORITHM + "\n");
    private static final byte[] PLACE = Encoding.utf8("vitrine/place/v1\n");

    private Arrivals() {}

    /** One person's line; without the salt it says nothing of her. */
    public static Hash32 arrival(UUID stage, UUID collector, Hash32 salt) {
        return Hash32.sha256(ARRIVAL, bytes(stage), bytes(collector), salt.bytes());
    }

    /** What the log has of the list, whatever order it comes in. Each arrival stands in it once. */
    public static Hash32 root(Collection<Hash32> arrivals) {
        var sorted = arrivals.stream().sorted().map(Hash32::bytes).toList();
        return TreeAppender.empty().append(sorted).root();
    }

    /** What nobody knew when the record was made. @param signature of the round that the record names */
    public static Hash32 seed(Hash32 record, byte[] signature) {
        return Hash32.sha256(PLACES, record.bytes(), signature);
    }

    /** By which an arrival stands in line, the smallest first. */
    public static Hash32 number(Hash32 seed, Hash32 arrival) {
        return Hash32.sha256(PLACE, seed.bytes(), arrival.bytes());
    }

    /** All of them in the order of their places, the first place first. */
    public static List<Hash32> inOrder(Hash32 seed, Collection<Hash32> arrivals) {
        record Numbered(Hash32 number, Hash32 arrival) {}
        return arrivals.stream()
                .map(arrival -> new Numbered(number(seed, arrival), arrival))
                .sorted((a, b) -> a.number.compareTo(b.number))
                .map(Numbered::arrival)
                .toList();
    }

    /** The list as it is handed out: an arrival a line, in ascending order, so that the order tells nothing. */
    public static byte[] file(Collection<Hash32> arrivals) {
        var text = new StringBuilder(arrivals.size() * 65);
        arrivals.stream().sorted().forEach(arrival -> text.append(arrival.hex()).append('\n'));
        return Encoding.utf8(text.toString());
    }

    /** @throws IllegalArgumentException where a line is no hash, or two are the same */
    public static List<Hash32> readFile(String text) {
        var arrivals = Arrays.stream(text.split("\n"))
                .filter(line -> !line.isEmpty())
                .map(Hash32::ofHex)
                .toList();
        if (arrivals.stream().distinct().count() != arrivals.size())
            throw new IllegalArgumentException("an arrival stands in the list twice");
        return arrivals;
    }

    private static byte[] bytes(UUID id) {
        return ByteBuffer.allocate(16)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
    }
}
