package vitrine.drop;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.drop.DropDraft.StageDraft;
import vitrine.identity.CollectorId;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;
import vitrine.platform.Ids;
import vitrine.platform.Job;

/**
 * Who may enter a stage that has a list. A file of them is read whole or not at all, and nobody is let in by it before a second act says
 * so; then a worker brings its people to the list, some thousands in a transaction: a node that dies at half goes on where it was. Of an
 * address nothing is kept but its keyed hash.
 */
@Component
public class Guests implements Job {

    private static final int LINES_AT_ONCE = 5_000;

    private final JdbcClient db;
    private final JdbcTemplate rows;
    private final TransactionTemplate transactions;
    private final HotLocks locks;
    private final DropPlans plans;
    private final NamedPeople people;
    private final Ids ids;
    private final BusinessClock clock;

    Guests(
            JdbcClient db,
            JdbcTemplate rows,
            TransactionTemplate transactions,
            HotLocks locks,
            DropPlans plans,
            NamedPeople people,
            Ids ids,
            BusinessClock clock) {
        this.db = db;
        this.rows = rows;
        this.transactions = transactions;
        this.locks = locks;
        this.plans = plans;
        this.people = people;
        this.ids = ids;
        this.clock = clock;
    }

    /**
     * @param people lines that name somebody, each once
     * @param upto its lines up to this one are done
     * @param there people who stood on the list before
     * @param removed who stood on the list before and is not in the file that replaced it
     */
    public record File(
            DropId drop,
            UUID stage,
            UUID id,
            int lines,
            int people,
            int upto,
            int there,
            int removed,
            boolean replaces,
            Instant readAt,
            @Nullable Instant begunAt,
            @Nullable Instant doneAt) {

        public boolean runs() {
            return begunAt != null && doneAt == null;
        }
    }

    /**
     * @param outcome {@code unreadable}, {@code unknown}, {@code twice}, {@code waiting}, {@code added}, {@code there} (before this file) or
     *     {@code gone} (by a later one)
     */
    public record Line(int line, String outcome) {}

    public sealed interface Reading {
        record Read(File file) implements Reading {}

        record TooLong(int linesMax) implements Reading {}

        record Nobody() implements Reading {}

        /** No stage of this drop that has a list. */
        record NoList() implements Reading {}
    }

    public sealed interface Beginning {
        record Begun() implements Beginning {}

        /** Its drop is published: whoever is on the list was promised to be let in. */
        record Frozen() implements Beginning {}

        /** Another file is just coming to this list. */
        record OneAtATime() implements Beginning {}

        record NotNow() implements Beginning {}
    }

    /** The stages that have a list, in the draft or as they were published, in their order. */
    public Map<UUID, Bilingual> lists(Drop drop) {
        Map<UUID, Bilingual> lists = new LinkedHashMap<>();
        if (drop.state() == Drop.State.DRAFT) {
            for (StageDraft stage : plans.draft(drop.id()).stages())
                if (stage.entry().equals(Stage.Entry.LIST.code()))
                    lists.put(Objects.requireNonNull(stage.id()), stage.name());
        } else {
            for (Stage stage : drop.stages())
                if (stage.entry() == Stage.Entry.LIST) lists.put(stage.id(), stage.name());
        }
        return lists;
    }

    /** @param file a line each, as {@link NamedPeople} reads them */
    @Transactional
    public Reading read(Drop drop, UUID stage, Stream<String> file) {
        if (!lists(drop).containsKey(stage)) return new Reading.NoList();
        UUID id = ids.next();
        BrandId brand = drop.id().brand();
        db.sql("""
                insert into guest_files (brand_id, file_id, drop_id, stage_id, lines, people, upto, there, removed, replaces, read_at)
                values (:brand, :id, :drop, :stage, 0, 0, 0, 0, 0, false, :now)
                """)
                .param("brand", brand.value())
                .param("id", id)
                .param("drop", drop.id().value())
                .param("stage", stage)
                .param("now", Timestamp.from(clock.now()))
                .update();
        if (!people.read(brand, file, came -> keep(brand, id, came))) {
            forget(brand, id);
            return new Reading.TooLong(NamedPeople.LINES_MAX);
        }
        int named = db.sql("""
                update guest_files f set lines = l.lines, people = l.people from (
                    select count(*) as lines, count(buyer_hash) as people from guest_lines where brand_id = :brand and file_id = :id) l
                where f.brand_id = :brand and f.file_id = :id returning f.people
                """)
                .param("brand", brand.value())
                .param("id", id)
                .query(Integer.class)
                .single();
        if (named > 0) return new Reading.Read(find(brand, id).orElseThrow());
        forget(brand, id);
        return new Reading.Nobody();
    }

    /**
     * Whoever has a public name, or entered a drop, has an address that she signed in with: the list knows people by that alone. Who was named
     * before is found by the constraint itself, so that nothing depends on what a planner thinks of a table that is just being filled.
     */
    private void keep(BrandId brand, UUID file, List<NamedPeople.Named> came) {
        Map<UUID, byte[]> addresses = addresses(came.stream()
                .map(NamedPeople.Named::collector)
                .filter(Objects::nonNull)
                .toList());
        Map<Integer, byte[]> naming = new HashMap<>();
        Map<Integer, String> problems = new HashMap<>();
        for (NamedPeople.Named each : came) {
            byte[] hash = each.key() != null
                    ? each.key().hash()
                    : each.collector() != null ? addresses.get(each.collector().value()) : null;
            if (hash != null) naming.put(each.line(), hash);
            else problems.put(each.line(), Objects.requireNonNullElse(each.problem(), "unknown"));
        }
        // guest_lines_once
        List<Integer> kept = rows.queryForList(
                """
                insert into guest_lines (brand_id, file_id, line, buyer_hash)
                select ?, ?, line, hash from unnest(?::int[], ?::bytea[]) as c (line, hash) order by line
                on conflict (brand_id, file_id, buyer_hash) do nothing
                returning line
                """,
                Integer.class,
                brand.value(),
                file,
                new SqlArrayValue("int4", naming.keySet().toArray()),
                new SqlArrayValue("bytea", (Object[]) naming.values().toArray(byte[][]::new)));
        naming.keySet().removeAll(new HashSet<>(kept));
        naming.keySet().forEach(line -> problems.put(line, "twice"));
        rows.update(
                """
                insert into guest_lines (brand_id, file_id, line, problem)
                select ?, ?, line, problem from unnest(?::int[], ?::text[]) as c (line, problem)
                """,
                brand.value(),
                file,
                new SqlArrayValue("int4", problems.keySet().toArray()),
                new SqlArrayValue("text", problems.values().toArray()));
    }

    /** One for each of them. */
    private Map<UUID, byte[]> addresses(List<CollectorId> people) {
        Map<UUID, byte[]> addresses = new HashMap<>();
        if (people.isEmpty()) return addresses;
        db.sql(
                        "select collector_id, buyer_key from buyer_keys where collector_id = any(:people) order by added_at desc, buyer_key")
                .param(
                        "people",
                        new SqlArrayValue(
                                "uuid", people.stream().map(CollectorId::value).toArray()))
                .query(row -> {
                    addresses.put(row.getObject(1, UUID.class), row.getBytes(2));
                });
        return addresses;
    }

    private void forget(BrandId brand, UUID file) {
        for (String table : List.of("guest_lines", "guest_files")) {
            db.sql("delete from " + table + " where brand_id = :brand and file_id = :id")
                    .param("brand", brand.value())
                    .param("id", file)
                    .update();
        }
    }

    /** @param replaces whether whoever is not in it leaves the list; only before the drop is published */
    @Transactional
    public Beginning begin(File file, boolean replaces) {
        // Under the drop's lock: publishing waits, and then finds that its list is on the way.
        Drop.State state = locks.drop(file.drop);
        if (replaces && state != Drop.State.DRAFT) return new Beginning.Frozen();
        Integer others = db.sql("""
                select count(*) from guest_files
                where brand_id = :brand and drop_id = :drop and stage_id = :stage and begun_at is not null and done_at is null
                """)
                .param("brand", file.drop.brand().value())
                .param("drop", file.drop.value())
                .param("stage", file.stage)
                .query(Integer.class)
                .single();
        if (others > 0) return new Beginning.OneAtATime();
        int begun = db.sql("""
                update guest_files set begun_at = :now, replaces = :replaces
                where brand_id = :brand and file_id = :id and begun_at is null
                """)
                .param("now", Timestamp.from(clock.now()))
                .param("replaces", replaces)
                .param("brand", file.drop.brand().value())
                .param("id", file.id)
                .update();
        return begun == 1 ? new Beginning.Begun() : new Beginning.NotNow();
    }

    @Override
    public String name() {
        return "drop.guests";
    }

    @Override
    public Duration pause() {
        return Duration.ofMillis(500);
    }

    @Override
    public boolean run() {
        Optional<File> running = db.sql(
                        FILES + "where begun_at is not null and done_at is null order by begun_at, file_id limit 1")
                .query(Guests::file)
                .optional();
        running.ifPresent(file -> transactions.executeWithoutResult(status -> bring(file)));
        return running.isPresent();
    }

    private void bring(File seen) {
        // Two nodes bring one after the other: what the first has brought the second finds done.
        File file = locked(seen.drop.brand(), seen.id).orElse(null);
        if (file == null || !file.runs()) return;
        int until = Math.min(file.upto + LINES_AT_ONCE, file.lines);
        List<byte[]> coming = of(file, """
                select buyer_hash from guest_lines
                where brand_id = :brand and file_id = :file and line > :upto and line <= :until and problem is null
                """)
                .param("upto", file.upto)
                .param("until", until)
                .query((row, n) -> row.getBytes(1))
                .list();
        // drop_guests_once: whoever is there already stays, and is named by this file as well.
        int there = of(file, """
                with named as (
                    insert into drop_guests as g (brand_id, drop_id, stage_id, buyer_hash, brought_by, named_by)
                    select :brand, :drop, :stage, hash, :file, :file from unnest(:hashes::bytea[]) as c (hash) order by hash
                    on conflict on constraint drop_guests_once do update set named_by = excluded.named_by
                    returning g.brought_by
                )
                select count(*) from named where brought_by <> :file
                """)
                .param("hashes", new SqlArrayValue("bytea", (Object[]) coming.toArray(byte[][]::new)))
                .query(Integer.class)
                .single();
        boolean done = until == file.lines;
        // At the end, so that nobody who stays was ever off the list.
        int removed = !done || !file.replaces ? 0 : of(file, """
                delete from drop_guests where brand_id = :brand and drop_id = :drop and stage_id = :stage and named_by <> :file
                """).update();
        of(file, """
                update guest_files set upto = :until, there = there + :there, removed = :removed,
                    done_at = case when :done then :now::timestamptz end
                where brand_id = :brand and file_id = :file and drop_id = :drop and stage_id = :stage
                """)
                .param("until", until)
                .param("there", there)
                .param("removed", removed)
                .param("done", done)
                .param("now", Timestamp.from(clock.now()))
                .update();
    }

    private JdbcClient.StatementSpec of(File file, String sql) {
        return db.sql(sql)
                .param("brand", file.drop.brand().value())
                .param("file", file.id)
                .param("drop", file.drop.value())
                .param("stage", file.stage);
    }

    private static final String FILES = """
            select brand_id, file_id, drop_id, stage_id, lines, people, upto, there, removed, replaces, read_at, begun_at, done_at
            from guest_files
            """;

    /** How many stand on it. */
    public int count(DropId drop, UUID stage) {
        return db.sql(
                        "select count(*) from drop_guests where brand_id = :brand and drop_id = :drop and stage_id = :stage")
                .param("brand", drop.brand().value())
                .param("drop", drop.value())
                .param("stage", stage)
                .query(Integer.class)
                .single();
    }

    /** What was read for a stage, the newest first. */
    public List<File> of(DropId drop, UUID stage) {
        return db.sql(
                        FILES
                                + "where brand_id = :brand and drop_id = :drop and stage_id = :stage order by read_at desc, file_id desc")
                .param("brand", drop.brand().value())
                .param("drop", drop.value())
                .param("stage", stage)
                .query(Guests::file)
                .list();
    }

    public Optional<File> find(BrandId brand, UUID id) {
        return db.sql(FILES + "where brand_id = :brand and file_id = :id")
                .param("brand", brand.value())
                .param("id", id)
                .query(Guests::file)
                .optional();
    }

    private Optional<File> locked(BrandId brand, UUID id) {
        return db.sql(FILES + "where brand_id = :brand and file_id = :id for update")
                .param("brand", brand.value())
                .param("id", id)
                .query(Guests::file)
                .optional();
    }

    /** How many lines name nobody new, by the reason. */
    public Map<String, Integer> problems(File file) {
        Map<String, Integer> problems = new HashMap<>();
        db.sql("""
                select problem, count(*) from guest_lines where brand_id = :brand and file_id = :id and problem is not null group by 1
                """)
                .param("brand", file.drop.brand().value())
                .param("id", file.id)
                .query(row -> {
                    problems.put(row.getString(1), row.getInt(2));
                });
        return problems;
    }

    /** What became of each line; inside a transaction they are read in portions, so that a million fit. */
    public void lines(File file, Consumer<Line> each) {
        try (Stream<Line> all = of(file, """
                        select l.line, case when l.problem is not null then l.problem when l.line > :upto then 'waiting' else coalesce((
                            select case when g.brought_by = :file then 'added' else 'there' end from drop_guests g
                            where g.brand_id = :brand and g.drop_id = :drop and g.stage_id = :stage and g.buyer_hash = l.buyer_hash), 'gone')
                            end
                        from guest_lines l where l.brand_id = :brand and l.file_id = :file order by l.line
                        """)
                .withFetchSize(1_000)
                .param("upto", file.upto)
                .query((row, n) -> new Line(row.getInt(1), row.getString(2)))
                .stream()) {
            all.forEach(each);
        }
    }

    private static File file(ResultSet row, int n) throws SQLException {
        Timestamp begun = row.getTimestamp("begun_at");
        Timestamp done = row.getTimestamp("done_at");
        return new File(
                new DropId(new BrandId(row.getObject("brand_id", UUID.class)), row.getObject("drop_id", UUID.class)),
                row.getObject("stage_id", UUID.class),
                row.getObject("file_id", UUID.class),
                row.getInt("lines"),
                row.getInt("people"),
                row.getInt("upto"),
                row.getInt("there"),
                row.getInt("removed"),
                row.getBoolean("replaces"),
                row.getTimestamp("read_at").toInstant(),
                begun == null ? null : begun.toInstant(),
                done == null ? null : done.toInstant());
    }
}
