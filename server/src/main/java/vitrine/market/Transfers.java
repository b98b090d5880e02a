package vitrine.market;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.catalog.CollectibleId;
import vitrine.catalog.PieceNumber;
import vitrine.identity.CollectorId;
import vitrine.identity.Collectors;
import vitrine.ownership.Pieces;
import vitrine.ownership.Pieces.Moving;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;
import vitrine.platform.Ids;
import vitrine.platform.Keys;

/**
 * Giving a piece to a friend. A link carries it; whoever accepts has to wait a day, in which either of them may step back; then
 * the piece moves, by the one door for a change of owner. Until then it stays with the giver and can be given to nobody else.
 */
@Component
public class Transfers {

    /** So long a friend may take to accept. */
    public static final Duration GOOD_FOR = Duration.ofDays(7);

    /** So long after that both may step back. */
    public static final Duration STEP_BACK = Duration.ofHours(24);

    public static final int SIGNED_MAX = 40;
    public static final int WORDS_MAX = 140;

    /** How giving ended. */
    public sealed interface Giving {
        record Given(UUID transfer) implements Giving {}

        /** {@code transfer.on-its-way}: it is with a friend already; here is that one. */
        record OnItsWay(UUID transfer) implements Giving {}

        /** {@code transfer.not-allowed}: why the piece's own policy says no. */
        record NotAllowed(Moving why) implements Giving {}

        /** {@code transfer.too-long}: of the card. */
        record TooLong(int letters, int most) implements Giving {}
    }

    /** How accepting ended. */
    public sealed interface Accepting {
        record Accepted(Instant finalAt) implements Accepting {}

        /** {@code transfer.taken}: somebody else was first. */
        record Taken() implements Accepting {}

        /** {@code transfer.over}: taken back, expired, or the piece is gone. */
        record Over(Transfer.State state, @Nullable Instant at) implements Accepting {}

        /** {@code transfer.to-oneself}. */
        record ToOneself() implements Accepting {}

        /** {@code transfer.too-young}: the piece's rule asks for this age. */
        record AgeNotSaid(int age) implements Accepting {}
    }

    /** How stepping back ended. */
    public sealed interface SteppingBack {
        record Done() implements SteppingBack {}

        /** {@code transfer.final}: it has moved, or ended otherwise. */
        record TooLate(Transfer.State state, @Nullable Instant at) implements SteppingBack {}

        record NotYours() implements SteppingBack {}
    }

    private final JdbcClient db;
    private final TransactionTemplate transactions;
    private final Pieces pieces;
    private final Collectors collectors;
    private final Keys keys;
    private final Ids ids;
    private final BusinessClock clock;

    Transfers(
            JdbcClient db,
            TransactionTemplate transactions,
            Pieces pieces,
            Collectors collectors,
            Keys keys,
            Ids ids,
            BusinessClock clock) {
        this.db = db;
        this.transactions = transactions;
        this.pieces = pieces;
        this.collectors = collectors;
        this.keys = keys;
        this.ids = ids;
        this.clock = clock;
    }

    /** Sets the piece on its way. A second press finds the first. */
    public Giving give(PieceNumber piece, CollectorId giver, String signed, String words) {
        if (length(signed) > SIGNED_MAX) return new Giving.TooLong(length(signed), SIGNED_MAX);
        if (length(words) > WORDS_MAX) return new Giving.TooLong(length(words), WORDS_MAX);
        return inOne(() -> {
            Optional<Moving> refusal = pieces.mayGive(piece, giver);
            if (refusal.isPresent()) return new Giving.NotAllowed(refusal.get());
            // An earlier owner's way does not keep it from her: the piece went back from under it.
            way(piece)
                    .flatMap(way -> locked(piece.collectible().brand(), way.id()))
                    .filter(this::isGone)
                    .ifPresent(this::fall);
            UUID id = ids.next();
            Instant now = clock.now();
            // transfers_one_way_at_a_time decides between two presses, on however many nodes.
            int made = db.sql("""
                    insert into transfers (brand_id, transfer_id, collectible_id, serial, state, giver_id, signed, words,
                        offered_at, good_until)
                    values (:brand, :id, :collectible, :serial, 'offered', :giver, :signed, :words, :now, :until)
                    on conflict (brand_id, collectible_id, serial) where ended_at is null do nothing
                    """)
                    .param("brand", piece.collectible().brand().value())
                    .param("id", id)
                    .param("collectible", piece.collectible().value())
                    .param("serial", piece.serial())
                    .param("giver", collectors.root(giver).value())
                    .param("signed", signed.strip())
                    .param("words", words.strip())
                    .param("now", Timestamp.from(now))
                    .param("until", Timestamp.from(now.plus(GOOD_FOR)))
                    .update();
            if (made == 0) return new Giving.OnItsWay(way(piece).orElseThrow().id());
            db.sql("""
                    insert into transfer_links (token_hash, brand_id, transfer_id) values (:hash, :brand, :id)
                    on conflict do nothing
                    """)
                    .param("hash", sha256(token(piece.collectible().brand(), id)))
                    .param("brand", piece.collectible().brand().value())
                    .param("id", id)
                    .update();
            return new Giving.Given(id);
        });
    }

    /**
     * The friend takes it. Pressing twice answers the same; the first of two friends has it.
     *
     * @param age what she said to be at least; 0: nothing
     */
    public Accepting accept(BrandId brand, UUID id, CollectorId person, String as, int age) {
        return inOne(() -> {
            CollectorId receiver = collectors.root(person);
            Transfer transfer = locked(brand, id).orElseThrow();
            if (collectors.root(transfer.giver()).equals(receiver)) return new Accepting.ToOneself();
            Instant now = clock.now();
            if (isGone(transfer)) {
                fall(transfer);
                return new Accepting.Over(Transfer.State.FALLEN, now);
            }
            switch (transfer.state()) {
                case OFFERED -> {
                    if (!transfer.goodUntil().isAfter(now))
                        return new Accepting.Over(Transfer.State.EXPIRED, transfer.goodUntil());
                }
                case ACCEPTED, MOVED -> {
                    CollectorId who = transfer.receiver();
                    if (who == null || !collectors.root(who).equals(receiver)) return new Accepting.Taken();
                    return new Accepting.Accepted(Objects.requireNonNull(transfer.finalAt()));
                }
                case WITHDRAWN, EXPIRED, RETURNED, FALLEN -> {
                    return new Accepting.Over(transfer.state(), transfer.endedAt());
                }
            }
            int asked = pieces.find(transfer.piece())
                    .map(piece -> piece.policy().receiverAge())
                    .orElse(0);
            if (age < asked) return new Accepting.AgeNotSaid(asked);
            // As the database keeps it, so that a second press answers the same.
            Instant finalAt = now.plus(STEP_BACK).truncatedTo(ChronoUnit.MICROS);
            // transfers_not_to_oneself repeats the sentence above.
            db.sql("""
                    update transfers set state = 'accepted', receiver_id = :receiver, answered_as = :as, age_said = :age,
                        accepted_at = :now, final_at = :final
                    where brand_id = :brand and transfer_id = :id
                    """)
                    .param("receiver", receiver.value())
                    .param("as", cut(as.strip(), SIGNED_MAX))
                    .param("age", asked == 0 ? null : asked)
                    .param("now", Timestamp.from(now))
                    .param("final", Timestamp.from(finalAt))
                    .param("brand", brand.value())
                    .param("id", id)
                    .update();
            note(brand, id, "accepted", true);
            note(brand, id, "accepted", false);
            return new Accepting.Accepted(finalAt);
        });
    }

    /** The giver takes it back: before it was accepted, or within the day after. */
    public SteppingBack takeBack(BrandId brand, UUID id, CollectorId person) {
        return stepBack(brand, id, person, true);
    }

    /** The receiver would rather not have it. */
    public SteppingBack giveBack(BrandId brand, UUID id, CollectorId person) {
        return stepBack(brand, id, person, false);
    }

    private SteppingBack stepBack(BrandId brand, UUID id, CollectorId person, boolean byGiver) {
        return inOne(() -> {
            Transfer transfer = locked(brand, id).orElseThrow();
            CollectorId side = byGiver ? transfer.giver() : transfer.receiver();
            if (side == null || !collectors.root(side).equals(collectors.root(person)))
                return new SteppingBack.NotYours();
            Transfer.State wanted = byGiver ? Transfer.State.WITHDRAWN : Transfer.State.RETURNED;
            if (transfer.state() == wanted) return new SteppingBack.Done();
            boolean late = transfer.finalAt() != null && !transfer.finalAt().isAfter(clock.now());
            if (!transfer.open() || late) {
                return new SteppingBack.TooLate(
                        late && transfer.open() ? Transfer.State.MOVED : transfer.state(),
                        late ? transfer.finalAt() : transfer.endedAt());
            }
            end(brand, id, wanted);
            if (transfer.receiver() != null) note(brand, id, wanted.name().toLowerCase(Locale.ROOT), !byGiver);
            return new SteppingBack.Done();
        });
    }

    /**
     * Ends what is due: the accepted ones move, the forgotten ones go back. Any number of nodes may do it at once; each
     * transfer is decided under its own lock.
     *
     * @return whether there was one
     */
    boolean endOne() {
        return inOne(() -> {
            Instant now = clock.now();
            Optional<Transfer> due = db.sql("""
                            select * from transfers where ended_at is null and coalesce(final_at, good_until) <= :now
                            order by coalesce(final_at, good_until) limit 1 for update skip locked
                            """)
                    .param("now", Timestamp.from(now))
                    .query(Transfers::transfer)
                    .optional();
            if (due.isEmpty()) return false;
            Transfer transfer = due.get();
            CollectorId receiver = transfer.receiver();
            endAndTell(
                    transfer,
                    receiver != null
                            ? moved(transfer, receiver)
                            : isGone(transfer) ? Transfer.State.FALLEN : Transfer.State.EXPIRED);
            return true;
        });
    }

    private void endAndTell(Transfer transfer, Transfer.State state) {
        BrandId brand = transfer.piece().collectible().brand();
        end(brand, transfer.id(), state);
        String step = state.name().toLowerCase(Locale.ROOT);
        note(brand, transfer.id(), step, true);
        if (transfer.receiver() != null) note(brand, transfer.id(), step, false);
    }

    private void fall(Transfer transfer) {
        endAndTell(transfer, Transfer.State.FALLEN);
    }

    /** A return took the piece from under its way: whoever set it on that way has it no more, or was given it anew. */
    private boolean isGone(Transfer transfer) {
        return transfer.open()
                && (pieces.mayGive(transfer.piece(), transfer.giver())
                                .filter(Moving.NotHolder.class::isInstance)
                                .isPresent()
                        || pieces.find(transfer.piece())
                                .filter(piece -> piece.grantedAt().isAfter(transfer.offeredAt()))
                                .isPresent());
    }

    /** What a reader is shown: a way whose piece is gone is over, though nobody has ended it yet. */
    private Transfer asItIs(Transfer transfer) {
        if (!isGone(transfer)) return transfer;
        return transfer.fallen(pieces.find(transfer.piece()).stream()
                .flatMap(piece -> piece.records().stream())
                .map(record -> record.happenedAt())
                .filter(at -> at.isAfter(transfer.offeredAt()))
                .findFirst()
                .orElse(transfer.offeredAt()));
    }

    /**
     * She had her account erased. What nobody accepted yet goes back to its giver, what she had accepted too; what a friend accepted
     * from her moves when its day is over, for it was given. What either wrote on the cards goes with her.
     */
    void forget(Collection<CollectorId> erased) {
        transactions.executeWithoutResult(status -> {
            Set<CollectorId> hers = Set.copyOf(erased);
            List<Transfer> open = db.sql("""
                    select * from transfers where (giver_id = any(:ids) or receiver_id = any(:ids)) and ended_at is null
                    order by brand_id, transfer_id for update
                    """)
                    .param("ids", uuids(erased))
                    .query(Transfers::transfer)
                    .list();
            for (Transfer transfer : open) {
                BrandId brand = transfer.piece().collectible().brand();
                if (transfer.receiver() == null) {
                    end(brand, transfer.id(), Transfer.State.WITHDRAWN);
                } else if (hers.contains(transfer.receiver())) {
                    end(brand, transfer.id(), Transfer.State.RETURNED);
                    note(brand, transfer.id(), "returned", true);
                }
            }
            db.sql("update transfers set signed = '', words = '' where giver_id = any(:ids)")
                    .param("ids", uuids(erased))
                    .update();
            db.sql("update transfers set answered_as = '', age_said = null where receiver_id = any(:ids)")
                    .param("ids", uuids(erased))
                    .update();
        });
    }

    private Transfer.State moved(Transfer transfer, CollectorId receiver) {
        // Whoever was erased meanwhile has no key that a piece could be made for: the giver keeps it.
        if (collectors.secrets(List.of(receiver)).isEmpty()) return Transfer.State.RETURNED;
        return pieces.move(transfer.piece(), transfer.giver(), receiver) instanceof Moving.Moved
                ? Transfer.State.MOVED
                : Transfer.State.FALLEN;
    }

    /** What stands on a card is between two people: it goes when the way ends. */
    private void end(BrandId brand, UUID id, Transfer.State state) {
        db.sql("""
                update transfers set state = :state, ended_at = :now,
                    words = case when :state = 'moved' then words else '' end
                where brand_id = :brand and transfer_id = :id
                """)
                .param("state", state.name().toLowerCase(Locale.ROOT))
                .param("now", Timestamp.from(clock.now()))
                .param("brand", brand.value())
                .param("id", id)
                .update();
    }

    private void note(BrandId brand, UUID id, String step, boolean toGiver) {
        db.sql("""
                insert into transfer_notes (brand_id, transfer_id, step, to_giver, noted_at)
                values (:brand, :id, :step, :giver, :now) on conflict do nothing
                """)
                .param("brand", brand.value())
                .param("id", id)
                .param("step", step)
                .param("giver", toGiver)
                .param("now", Timestamp.from(clock.now()))
                .update();
    }

    public Optional<Transfer> find(BrandId brand, UUID id) {
        return db.sql("select * from transfers where brand_id = :brand and transfer_id = :id")
                .param("brand", brand.value())
                .param("id", id)
                .query(Transfers::transfer)
                .optional();
    }

    /** The way that this piece is on just now; one that a return ended is none. */
    public Optional<Transfer> openOf(PieceNumber piece) {
        return way(piece).filter(way -> !isGone(way));
    }

    private Optional<Transfer> way(PieceNumber piece) {
        return db.sql("""
                select * from transfers
                where brand_id = :brand and collectible_id = :collectible and serial = :serial and ended_at is null
                """)
                .param("brand", piece.collectible().brand().value())
                .param("collectible", piece.collectible().value())
                .param("serial", piece.serial())
                .query(Transfers::transfer)
                .optional();
    }

    /** What the piece's own policy says to her; empty: she may give it. */
    public Optional<Moving> mayGive(PieceNumber piece, CollectorId holder) {
        return pieces.mayGive(piece, holder);
    }

    /** The newest way of this piece that one of these set it on. */
    public Optional<Transfer> lastOf(PieceNumber piece, Collection<CollectorId> givers) {
        return db.sql("""
                select * from transfers
                where brand_id = :brand and collectible_id = :collectible and serial = :serial and giver_id = any(:ids)
                order by transfer_id desc limit 1
                """)
                .param("brand", piece.collectible().brand().value())
                .param("collectible", piece.collectible().value())
                .param("serial", piece.serial())
                .param("ids", uuids(givers))
                .query(Transfers::transfer)
                .optional()
                .map(this::asItIs);
    }

    /** What a person gave and was given, the newest first. */
    public List<Transfer> of(Collection<CollectorId> family, int most) {
        return db.sql("""
                select * from transfers where giver_id = any(:ids) or receiver_id = any(:ids)
                order by transfer_id desc limit :most
                """).param("ids", uuids(family)).param("most", most).query(Transfers::transfer).list().stream()
                .map(this::asItIs)
                .toList();
    }

    /** What a link leads to. */
    public Optional<Transfer> open(String token) {
        if (token.length() > 100) return Optional.empty();
        return db.sql("""
                select t.* from transfer_links l join transfers t on t.brand_id = l.brand_id and t.transfer_id = l.transfer_id
                where l.token_hash = :hash
                """)
                .param("hash", sha256(token))
                .query(Transfers::transfer)
                .optional()
                .map(this::asItIs);
    }

    /** The link's address below the base URL. The token is made anew each time and stands in no table. */
    public String path(Transfer transfer) {
        return "/f/" + token(transfer.piece().collectible().brand(), transfer.id());
    }

    private Optional<Transfer> locked(BrandId brand, UUID id) {
        return db.sql("select * from transfers where brand_id = :brand and transfer_id = :id for update")
                .param("brand", brand.value())
                .param("id", id)
                .query(Transfers::transfer)
                .optional();
    }

    private <T> T inOne(Supplier<T> act) {
        return Objects.requireNonNull(transactions.execute(status -> act.get()));
    }

    private String token(BrandId brand, UUID transfer) {
        byte[] mac = keys.mac("gift-link", ("friend\n" + brand + "\n" + transfer).getBytes(StandardCharsets.UTF_8));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(mac, 18));
    }

    private static SqlArrayValue uuids(Collection<CollectorId> ids) {
        return new SqlArrayValue("uuid", ids.stream().map(CollectorId::value).toArray());
    }

    private static int length(String text) {
        String stripped = text.strip();
        return stripped.codePointCount(0, stripped.length());
    }

    private static String cut(String text, int most) {
        return length(text) <= most ? text : text.substring(0, text.offsetByCodePoints(0, most));
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    static Transfer transfer(ResultSet row, int n) throws SQLException {
        UUID receiver = row.getObject("receiver_id", UUID.class);
        return new Transfer(
                row.getObject("transfer_id", UUID.class),
                new PieceNumber(
                        new CollectibleId(
                                new BrandId(row.getObject("brand_id", UUID.class)),
                                row.getObject("collectible_id", UUID.class)),
                        row.getInt("serial")),
                Transfer.State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
                new CollectorId(row.getObject("giver_id", UUID.class)),
                receiver == null ? null : new CollectorId(receiver),
                row.getString("signed"),
                row.getString("words"),
                row.getString("answered_as"),
                row.getTimestamp("offered_at").toInstant(),
                row.getTimestamp("good_until").toInstant(),
                instant(row, "accepted_at"),
                instant(row, "final_at"),
                instant(row, "ended_at"));
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        Timestamp at = row.getTimestamp(column);
        return at == null ? null : at.toInstant();
    }
}
