package vitrine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import vitrine.testing.TestDatabase;

/** The laws of the schema, asked of a migrated database: so that it can be spread over many clusters by brand. */
class SchemaTest {

    private static final Set<String> FAMILIES = Set.of("brand_id", "collector_id", "log_id");

    /** Small tables of the whole installation, each for a reason; {@code docs/schema.md} has the same list with the reasons. */
    private static final Map<String, String> DIRECTORY = Map.ofEntries(
            Map.entry("flyway_schema_history", "Flyway's own"),
            Map.entry("business_clock", "how far the demo's time is ahead"),
            Map.entry("business_clock_moves", "when the demo's time was moved"),
            Map.entry("key_fingerprints", "which keys seal this database"),
            Map.entry("brands", "which brands there are"),
            Map.entry("demo_steps", "which parts of the demo were loaded"),
            Map.entry("addresses", "which public address leads to what"),
            Map.entry("media", "bytes are what their hash says, whoever uploaded them"),
            Map.entry("media_contents", "the same"),
            Map.entry("shop_addresses", "which brand's shop posts to this address"),
            Map.entry("buyer_keys", "which collector is this buyer"),
            Map.entry("handles", "whose public name this is"),
            Map.entry("sign_ins", "asked for before it is known by whom"),
            Map.entry("attempt_counts", "tries of somebody unknown"),
            Map.entry("gift_links", "what this link opens"),
            Map.entry("transfer_links", "what a friend's link opens"),
            Map.entry("passkey_ids", "whose device's key this is"),
            Map.entry("recovery_codes", "a way in without mail"),
            Map.entry("staff", "people who may work for many brands"),
            Map.entry("staff_invitations", "the first operator's link"),
            Map.entry("api_key_hashes", "which brand's key this is"),
            Map.entry("messages", "mail to people, whatever it is about"),
            Map.entry("idempotency_keys", "answers given, by caller"),
            Map.entry("reconciliations", "what a gateway's bill said of a day, for all brands at once"),
            Map.entry("reconciliation_differences", "the same"),
            Map.entry("spring_session", "Spring Session's own"),
            Map.entry("spring_session_attributes", "Spring Session's own"));

    private static TestDatabase database;
    private static JdbcClient db;

    @BeforeAll
    static void open() {
        database = TestDatabase.fresh();
        db = database.jdbc();
    }

    @AfterAll
    static void close() {
        database.close();
    }

    private static List<String> list(String sql) {
        return db.sql(sql).query(String.class).list();
    }

    @Test
    void everyTableSaysWhoseItIsByItsFirstKeyColumn() {
        var firstKeyColumns = db.sql("""
                select c.relname as name, coalesce(a.attname, '(no primary key)') as first
                from pg_class c join pg_namespace n on n.oid = c.relnamespace
                left join pg_index i on i.indrelid = c.oid and i.indisprimary
                left join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
                where n.nspname = 'public' and c.relkind in ('r', 'p') order by 1
                """)
                .query((row, n) -> Map.entry(row.getString("name"), row.getString("first")))
                .list();
        assertThat(firstKeyColumns).hasSizeGreaterThan(40);
        for (var table : firstKeyColumns) {
            if (DIRECTORY.containsKey(table.getKey()))
                assertThat(table.getValue())
                        .as(table.getKey() + " has a primary key")
                        .isNotEqualTo("(no primary key)");
            else
                assertThat(FAMILIES)
                        .as("the first key column of " + table.getKey())
                        .contains(table.getValue());
        }
    }

    @Test
    void whatIsUniqueIsUniqueWithinItsFamily() {
        var without = list("""
                select distinct c.relname || ': ' || x.relname
                from pg_index i join pg_class c on c.oid = i.indrelid join pg_class x on x.oid = i.indexrelid
                join pg_namespace n on n.oid = c.relnamespace
                where n.nspname = 'public' and i.indisunique and not exists (
                    select from pg_attribute a where a.attrelid = c.oid and a.attnum = any(i.indkey)
                    and a.attname in ('brand_id', 'collector_id', 'log_id'))
                """);
        assertThat(without.stream().filter(name -> !DIRECTORY.containsKey(name.substring(0, name.indexOf(':')))))
                .isEmpty();
    }

    @Test
    void aForeignKeyStaysWithinItsFamily() {
        var foreign = db.sql("""
                select c.relname as from_table, t.relname as to_table, k.conname as name,
                    coalesce((select string_agg(a.attname || '=' || b.attname, ',')
                        from unnest(k.conkey, k.confkey) as pair (f, t)
                        join pg_attribute a on a.attrelid = k.conrelid and a.attnum = pair.f
                        join pg_attribute b on b.attrelid = k.confrelid and b.attnum = pair.t), '') as columns
                from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_class t on t.oid = k.confrelid
                join pg_namespace n on n.oid = c.relnamespace where k.contype = 'f' and n.nspname = 'public'
                """)
                .query((row, n) ->
                        List.of(row.getString(1), row.getString(2), row.getString(3), row.getString("columns")))
                .list();
        assertThat(foreign).isNotEmpty();
        for (var key : foreign) {
            boolean within = FAMILIES.stream()
                    .anyMatch(f -> List.of(key.get(3).split(",")).contains(f + "=" + f));
            boolean directory = DIRECTORY.containsKey(key.get(0)) && DIRECTORY.containsKey(key.get(1));
            assertThat(within || directory).as(key.get(0) + ": " + key.get(2)).isTrue();
        }
    }

    @Test
    void nothingCountsInTheDatabaseAndNothingActsByItself() {
        assertThat(list("select sequencename from pg_sequences where schemaname = 'public'"))
                .as("sequences")
                .isEmpty();
        assertThat(list("""
                select table_name || '.' || column_name from information_schema.columns
                where table_schema = 'public' and is_identity = 'YES'
                """)).as("identity columns").isEmpty();
        assertThat(list("""
                select c.relname || ': ' || t.tgname from pg_trigger t join pg_class c on c.oid = t.tgrelid
                where not t.tgisinternal
                """)).as("triggers").isEmpty();
        assertThat(list("""
                select p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname = 'public'
                """)).as("functions").isEmpty();
        assertThat(list("select rulename from pg_rules where schemaname = 'public'"))
                .as("rules")
                .isEmpty();
        assertThat(list("""
                select c.relname || ': ' || k.conname from pg_constraint k join pg_class c on c.oid = k.conrelid
                join pg_namespace n on n.oid = c.relnamespace
                where n.nspname = 'public' and (k.contype = 'x' or k.condeferrable)
                """)).as("exclusion and deferrable constraints").isEmpty();
        assertThat(list("""
                select table_name || '.' || column_name from information_schema.columns
                where table_schema = 'public' and column_default is not null and table_name <> 'flyway_schema_history'
                and (column_default like '%now()%' or column_default like '%CURRENT_%' or column_default like '%random%')
                """)).as("defaults that the clock or chance decides").isEmpty();
    }

    /** What every constraint of ours is named: its name is what code and people lean on. */
    @Test
    void everyDirectoryTableThatIsListedIsThere() {
        var tables = list("select tablename from pg_tables where schemaname = 'public'");
        assertThat(tables).containsAll(DIRECTORY.keySet());
    }

    @Test
    void theDocumentedDirectoryIsThis() throws java.io.IOException {
        var page = java.nio.file.Files.readString(java.nio.file.Path.of("../docs/schema.md"));
        var listed = java.util.regex.Pattern.compile("^\\| (`.*?) \\|", java.util.regex.Pattern.MULTILINE)
                .matcher(page)
                .results()
                .flatMap(row -> java.util.Arrays.stream(row.group(1).split(", ")))
                .map(name -> name.replace("`", ""))
                .toList();
        assertThat(listed).containsExactlyInAnyOrderElementsOf(DIRECTORY.keySet());
    }
}
