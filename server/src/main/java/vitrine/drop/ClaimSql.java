package vitrine.drop;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The two statements of a claim. The first locks the drop's row, the stage's and the stock's and reads their newest state; the
 * second, whose snapshot was taken under those locks, sees every claim that was ever committed, chooses and inserts. With one
 * statement a node that had waited for the row would still choose by what it saw before. Where nothing is left a third one
 * writes down whether that is for good.
 *
 * <p>The look-ups are lateral with an aggregate, which no planner can turn into a join: a drop begins on an empty table without
 * statistics, and a plan that was right for it is ruinous for the ten thousandth claim.
 */
final class ClaimSql {

    /**
     * A claim that waits to be written. Each collector and each person is in a batch once at most, and each code where a number is
     * chosen with it.
     *
     * @param code hash of the code that it uses up; null where none is wanted
     * @param unit the number that is wanted; null where nobody chooses
     */
    record Wish(
            UUID claim,
            UUID collector,
            byte[] key,
            byte @Nullable [] person,
            int limit,
            byte @Nullable [] code,
            @Nullable Integer unit) {}

    /**
     * What the lock found.
     *
     * @param room how many units there are for this stage
     */
    record Locked(Drop.State state, int room, int lastSerial) {}

    enum Outcome {
        TAKEN,
        AGAIN,
        LIMIT,
        EXPIRED,
        REFUSED,
        CODE_UNKNOWN,
        CODE_USED,
        UNIT_TAKEN,
        NO_ROOM
    }

    /** @param claim the new claim, or the one that was made before; null for a refusal */
    record Written(Outcome outcome, @Nullable Claim claim) {}

    static final String LOCK = """
            select d.state, case when s.sold_out_at is null
                    then least(coalesce(st.available, 1000000), coalesce(s.cap - s.taken, 1000000)) else 0 end as room,
                st.last_serial
            from drops d
            join drop_stages s on s.brand_id = d.brand_id and s.drop_id = d.drop_id
            join stock st on st.brand_id = s.brand_id and st.collectible_id = s.collectible_id
            where d.brand_id = ? and d.drop_id = ? and s.stage_id = ?
            for update of d, s, st
            """;

    /**
     * Of a stage, {@code s}: numbers that somebody still looks at ({@link Reviews}), and that come back when they are refused. What is not
     * granted is asked for in other words than the index of it has, which would be read to its end for each of them.
     */
    static final String DOUBTED = """
            select k.claimed_at from claim_reviews r
            cross join lateral (
                select c.claimed_at from claims c
                where c.brand_id = r.brand_id and c.drop_id = r.drop_id and c.collector_id = r.collector_id
                    and c.stage_id = s.stage_id and c.serial is not null and coalesce(c.granted_at, 'infinity') = 'infinity' limit 1) k
            where r.brand_id = s.brand_id and r.drop_id = s.drop_id and r.decision is null
            """;

    /**
     * Of a stage's stock, {@code s}: what is held and not paid for may come back, from whichever of its stages, and what is doubted. The
     * limits keep a planner from joining all that is held.
     */
    static final String MAY_COME_BACK_TO_ITS_STOCK = """
            select from drop_stages o
            cross join lateral (
                select 1 from claims k where k.brand_id = o.brand_id and k.stage_id = o.stage_id and k.hold_until is not null limit 1) held
            where o.brand_id = s.brand_id and o.collectible_id = s.collectible_id and o.hold_seconds is not null
            union all
            select from claim_reviews r
            cross join lateral (
                select 1 from claims c
                where c.brand_id = r.brand_id and c.drop_id = r.drop_id and c.collector_id = r.collector_id
                    and c.collectible_id = s.collectible_id and c.serial is not null
                    and coalesce(c.granted_at, 'infinity') = 'infinity' limit 1) doubted
            where r.brand_id = s.brand_id and r.decision is null
            """;

    /** After a batch that found no more, or took the last, of a stage without holds: whether it was for good. */
    static final String LAST = """
            update drop_stages s set sold_out_at = ?
            where s.brand_id = ? and s.drop_id = ? and s.stage_id = ? and s.sold_out_at is null
                and (s.taken >= s.cap and not exists (
            """ + DOUBTED + ") or not exists (" + MAY_COME_BACK_TO_ITS_STOCK + "))";

    /** Numbered and lettered as one would fill them in; a piece at once takes returned serials first, the lowest first. */
    static final String CLAIM = statement(false, false);

    /** The same for a stage that wants codes: how often one may still be used is read, and written, under the same locks. */
    static final String CLAIM_BY_CODE = statement(true, false);

    /** For a stage whose pieces are chosen: the wanted number is looked for in the drawer, and taken out of it, under the same locks. */
    static final String CLAIM_BY_UNIT = statement(false, true);

    static final String CLAIM_BY_CODE_AND_UNIT = statement(true, true);

    private static String statement(boolean byCode, boolean byUnit) {
        String arrays = (byCode ? ", ?::bytea[]" : "") + (byUnit ? ", ?::int[]" : "");
        String wanted = (byCode ? "code_hash, " : "") + (byUnit ? "unit, " : "");
        String found = (byCode ? ", code.uses_left" : "") + (byUnit ? ", free.there" : "");
        String oldUnit = byUnit ? "max(k.unit) filter (where k.claim_key = c.claim_key) as old_unit,\n" : "";
        String lookUp = (byCode ? """

                cross join lateral (
                    select max(k.uses - k.used) as uses_left from drop_codes k
                    where k.brand_id = ? and k.drop_id = ? and k.stage_id = ? and k.code_hash = c.code_hash) code""" : "") + (byUnit ? """

                cross join lateral (
                    select count(*) > 0 as there from returned_serials k
                    where k.brand_id = ? and k.collectible_id = ? and k.serial = c.unit and k.held_by is null) free""" : "");
        String judgement =
                (byCode ? " when uses_left is null then 'CODE_UNKNOWN' when uses_left < 1 then 'CODE_USED'" : "")
                        + (byUnit ? " when not there then 'UNIT_TAKEN'" : "");
        // A crowd that wants one number is one batch: the first of it may have the number. A crowd with one code is one
        // batch as well: so
        // many of it as the code has uses left; behind those for whom there was no unit it is not the code that fails.
        String firstCome = byUnit ? """
            first_come as materialized (
                select j.*, coalesce(verdict, case when row_number() over (partition by unit, verdict is null order by n) > 1
                    then 'UNIT_TAKEN' end) as no
                from judged j),
            """ : byCode ? """
            uses as materialized (
                select j.*, row_number() over (partition by code_hash, verdict is null order by n) as use from judged j),
            first_come as materialized (
                select u.*, coalesce(verdict, case when use > uses_left then
                    case when count(*) filter (where verdict is null and use <= uses_left) over (order by n) > ?
                        then 'NO_ROOM' else 'CODE_USED' end end) as no
                from uses u),
            """ : "";
        boolean ranks = byUnit || byCode;
        String kept = (byCode ? ", code_hash" : "") + (byUnit ? ", unit" : "");
        String number = byUnit ? "unit" : "coalesce(d.serials[r], ? + r - cardinality(d.serials))";
        String fromDrawer = byUnit ? """
                delete from returned_serials r using taken t
                where r.brand_id = ? and r.collectible_id = ? and r.serial = t.serial),
            set_aside as (
                update returned_serials r set held_by = t.claim_id from taken t
                where r.brand_id = ? and r.collectible_id = ? and t.serial is null and r.serial = t.unit),
            """ : """
                delete from returned_serials r using drawer d
                where r.brand_id = ? and r.collectible_id = ?
                    and r.serial = any (d.serials[1:(select count(*) from taken)])),
            """;
        // Every column of the key comes from the claim: with three given values a planner may read a stage's codes one
        // by one.
        String spent = byCode ? """
            spent as (
                update drop_codes k set used = k.used + t.uses from (
                    select brand_id, drop_id, stage_id, code_hash, count(*)::int as uses from taken
                    group by brand_id, drop_id, stage_id, code_hash) t
                where k.brand_id = t.brand_id and k.drop_id = t.drop_id and k.stage_id = t.stage_id and k.code_hash = t.code_hash),
            """ : "";
        return """
            with came as materialized (
                select * from unnest(?::uuid[], ?::uuid[], ?::bytea[], ?::bytea[], ?::int[]%s) with ordinality
                    as c (claim_id, collector_id, claim_key, person_key, most, %sn)),
            seen as materialized (
                select c.*, mine.*, his.person_nths, gone.expired, looked.refused%s
                from came c
                cross join lateral (
                    select (array_agg(k.claim_id) filter (where k.claim_key = c.claim_key))[1] as old_id,
                        max(k.nth) filter (where k.claim_key = c.claim_key) as old_nth,
                        max(k.serial) filter (where k.claim_key = c.claim_key) as old_serial,
                        max(k.claimed_at) filter (where k.claim_key = c.claim_key) as old_at,
                        max(k.hold_until) filter (where k.claim_key = c.claim_key) as old_until,
                        %sarray_agg(k.nth) as nths
                    from claims k
                    where k.brand_id = ? and k.drop_id = ? and k.collector_id = c.collector_id) mine
                cross join lateral (
                    select array_agg(k.person_nth) as person_nths from claims k
                    where k.brand_id = ? and k.drop_id = ? and k.person_key = c.person_key) his
                cross join lateral (
                    select count(*) > 0 as expired from claims_ended k
                    where k.brand_id = ? and k.drop_id = ? and k.collector_id = c.collector_id and k.claim_key = c.claim_key) gone
                cross join lateral (
                    select count(*) > 0 as refused from claim_reviews k
                    where k.brand_id = ? and k.drop_id = ? and k.collector_id = c.collector_id and k.decision = 'refused') looked%s),
            chosen as materialized (
                select s.*,
                    case when nths is null then 1 when cardinality(nths) < most then
                        (select min(g) from generate_series(1, most) g where g <> all (nths)) end as nth,
                    case when person_key is null then null when person_nths is null then 1 when cardinality(person_nths) < most then
                        (select min(g) from generate_series(1, most) g where g <> all (person_nths)) end as person_nth
                from seen s),
            judged as materialized (
                select c.*, case when old_id is not null then 'AGAIN' when refused then 'REFUSED' when expired then 'EXPIRED'
                    when nth is null or person_key is not null and person_nth is null then 'LIMIT'%s end as %s
                from chosen c),
            %sranked as materialized (
                select j.*, (row_number() over (partition by no is null order by n))::int as r from %s j),
            drawer as materialized (
                select coalesce(array_agg(serial), '{}') as serials from (
                    select serial from returned_serials where brand_id = ? and collectible_id = ? and held_by is null and ?::int is null
                    order by serial limit ?) returned),
            taken as (
                insert into claims (brand_id, drop_id, collector_id, nth, claim_id, stage_id, claim_key, person_key, person_nth,
                    collectible_id, serial, claimed_at, hold_until%s)
                select ?, ?, collector_id, nth, claim_id, ?, claim_key, person_key, person_nth, ?,
                    case when ?::int is null then %s end,
                    ?, ?::timestamptz + make_interval(secs => ?)%s
                from ranked cross join drawer d where no is null and r <= ?
                returning %sclaim_id, nth, serial, claimed_at, hold_until%s),
            from_drawer as (
            %s%scounted as (
                update drop_stages set taken = taken + (select count(*) from taken)
                where brand_id = ? and drop_id = ? and stage_id = ?),
            stocked as (
                update stock set available = available - (select count(*) from taken), held = held + (select count(*) from taken),
                    last_serial = last_serial + (select count(*) from taken where serial > ?)
                where brand_id = ? and collectible_id = ?)
            select claim_id, 'TAKEN' as outcome, claim_id as made, nth, serial, claimed_at, hold_until%s from taken
            union all
            select claim_id, coalesce(no, 'NO_ROOM'), old_id, old_nth, old_serial, old_at, old_until%s from ranked
            where no is not null or r > ?
            """.formatted(
                        arrays,
                        wanted,
                        found,
                        oldUnit,
                        lookUp,
                        judgement,
                        ranks ? "verdict" : "no",
                        firstCome,
                        ranks ? "first_come" : "judged",
                        kept,
                        number,
                        kept,
                        byCode ? "brand_id, drop_id, stage_id, " : "",
                        kept,
                        fromDrawer,
                        spent,
                        byUnit ? ", unit" : "",
                        byUnit ? ", old_unit" : "");
    }

    private ClaimSql() {}

    static Locked lock(Connection connection, DropId drop, Stage stage) throws SQLException {
        try (PreparedStatement lock = connection.prepareStatement(LOCK)) {
            lock.setObject(1, drop.brand().value());
            lock.setObject(2, drop.value());
            lock.setObject(3, stage.id());
            try (ResultSet row = lock.executeQuery()) {
                if (!row.next()) throw new IllegalStateException("no such stage: " + stage.id());
                return new Locked(Drop.State.of(row.getString(1)), row.getInt(2), row.getInt(3));
            }
        }
    }

    static Map<UUID, Written> claim(
            Connection connection, DropId drop, Stage stage, Locked locked, List<Wish> wishes, Instant now)
            throws SQLException {
        Map<UUID, Written> written = HashMap.newHashMap(wishes.size());
        UUID brand = drop.brand().value();
        UUID collectible = stage.collectible().value();
        Integer hold = stage.hold() == null ? null : (int) stage.hold().toSeconds();
        OffsetDateTime at = now.atOffset(ZoneOffset.UTC);
        boolean coded = stage.entry() == Stage.Entry.CODE;
        try (PreparedStatement claim = connection.prepareStatement(sql(coded, stage.chosen()))) {
            int p = 0;
            claim.setArray(
                    ++p, uuids(connection, wishes.stream().map(Wish::claim).toArray()));
            claim.setArray(
                    ++p, uuids(connection, wishes.stream().map(Wish::collector).toArray()));
            claim.setArray(
                    ++p,
                    connection.createArrayOf(
                            "bytea", wishes.stream().map(Wish::key).toArray(byte[][]::new)));
            claim.setArray(
                    ++p,
                    connection.createArrayOf(
                            "bytea", wishes.stream().map(Wish::person).toArray(byte[][]::new)));
            claim.setArray(
                    ++p,
                    connection.createArrayOf(
                            "int4", wishes.stream().map(Wish::limit).toArray()));
            if (coded)
                claim.setArray(
                        ++p,
                        connection.createArrayOf(
                                "bytea", wishes.stream().map(Wish::code).toArray(byte[][]::new)));
            if (stage.chosen())
                claim.setArray(
                        ++p,
                        connection.createArrayOf(
                                "int4", wishes.stream().map(Wish::unit).toArray()));
            for (int look = 0; look < 4; look++) {
                claim.setObject(++p, brand);
                claim.setObject(++p, drop.value());
            }
            if (coded) {
                claim.setObject(++p, brand);
                claim.setObject(++p, drop.value());
                claim.setObject(++p, stage.id());
            }
            if (stage.chosen()) {
                claim.setObject(++p, brand);
                claim.setObject(++p, collectible);
            } else if (coded) {
                claim.setInt(++p, locked.room());
            }
            claim.setObject(++p, brand);
            claim.setObject(++p, collectible);
            claim.setObject(++p, hold, Types.INTEGER);
            claim.setInt(++p, locked.room());
            claim.setObject(++p, brand);
            claim.setObject(++p, drop.value());
            claim.setObject(++p, stage.id());
            claim.setObject(++p, collectible);
            claim.setObject(++p, hold, Types.INTEGER);
            if (!stage.chosen()) claim.setInt(++p, locked.lastSerial());
            claim.setObject(++p, at);
            claim.setObject(++p, at);
            claim.setObject(++p, hold, Types.INTEGER);
            claim.setInt(++p, locked.room());
            claim.setObject(++p, brand);
            claim.setObject(++p, collectible);
            if (stage.chosen()) {
                claim.setObject(++p, brand);
                claim.setObject(++p, collectible);
            }
            claim.setObject(++p, brand);
            claim.setObject(++p, drop.value());
            claim.setObject(++p, stage.id());
            claim.setInt(++p, locked.lastSerial());
            claim.setObject(++p, brand);
            claim.setObject(++p, collectible);
            claim.setInt(++p, locked.room());
            try (ResultSet rows = claim.executeQuery()) {
                while (rows.next()) {
                    written.put(
                            rows.getObject(1, UUID.class),
                            new Written(Outcome.valueOf(rows.getString(2)), made(rows, stage)));
                }
            }
        }
        long taken = written.values().stream()
                .filter(each -> each.outcome() == Outcome.TAKEN)
                .count();
        if (hold == null && taken >= locked.room()) last(connection, drop, stage, at);
        return written;
    }

    private static void last(Connection connection, DropId drop, Stage stage, OffsetDateTime at) throws SQLException {
        try (PreparedStatement last = connection.prepareStatement(LAST)) {
            last.setObject(1, at);
            last.setObject(2, drop.brand().value());
            last.setObject(3, drop.value());
            last.setObject(4, stage.id());
            last.executeUpdate();
        }
    }

    private static String sql(boolean byCode, boolean byUnit) {
        if (byUnit) return byCode ? CLAIM_BY_CODE_AND_UNIT : CLAIM_BY_UNIT;
        return byCode ? CLAIM_BY_CODE : CLAIM;
    }

    private static @Nullable Claim made(ResultSet row, Stage stage) throws SQLException {
        UUID id = row.getObject(3, UUID.class);
        if (id == null) return null;
        int nth = row.getInt(4);
        int serial = row.getInt(5);
        boolean held = row.wasNull();
        Timestamp until = row.getTimestamp(7);
        return new Claim(
                id,
                stage.id(),
                nth,
                held ? null : serial,
                row.getTimestamp(6).toInstant(),
                until == null ? null : until.toInstant(),
                stage.chosen() ? (Integer) row.getObject(8) : null);
    }

    private static Array uuids(Connection connection, Object[] ids) throws SQLException {
        return connection.createArrayOf("uuid", ids);
    }
}
