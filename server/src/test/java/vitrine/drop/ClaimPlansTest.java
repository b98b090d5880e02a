package vitrine.drop;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import vitrine.testing.TestDatabase;

/**
 * How the database means to do a claim's statements: by index, for one collector at a time, on the empty table of a drop that begins and
 * beside ten million claims, whether it ever counted them or not. The plans are those of the connections that claims are written by,
 * made for any value.
 */
class ClaimPlansTest {

    /** On the PostgreSQL that comes with us; an older one, whose planner differs, has enough of them to have no small table either. */
    private static final int MANY = 10_000_000;

    private static final int MANY_ON_AN_OLDER_ONE = 2_000_000;
    private static final UUID BRAND = new UUID(1, 1);
    private static final UUID DROP = new UUID(2, 2);

    private static final Map<String, String> STATEMENTS = Map.of(
            "lock", ClaimSql.LOCK,
            "claim", ClaimSql.CLAIM,
            "claim by code", ClaimSql.CLAIM_BY_CODE,
            "claim of a chosen number", ClaimSql.CLAIM_BY_UNIT,
            "claim of a chosen number by code", ClaimSql.CLAIM_BY_CODE_AND_UNIT);

    /** What has to stand in the condition of the index, so that a look-up is one person's and never all that a drop has given. */
    private static final Map<String, Set<String>> NARROWED_BY = Map.of(
            "drops", Set.of("drop_id"),
            "drop_stages", Set.of("stage_id"),
            "stock", Set.of("collectible_id"),
            "claims", Set.of("collector_id", "person_key"),
            "claims_ended", Set.of("claim_key"),
            "claim_reviews", Set.of("collector_id"),
            "drop_codes", Set.of("code_hash"),
            "returned_serials", Set.of("collectible_id"));

    /** What is asked beside the claims, on the connections of the pages and the workers, and by what its look into them is narrowed. */
    private static final Map<String, Set<String>> BESIDE = Map.of(
            ClaimLookUps.FIND, Set.of("claim_key", "collector_id"),
            Claims.CROWD, Set.of("collectible_id", "stage_id"),
            SaleEnds.BEGIN, Set.of("stage_id", "nth", "collector_id"),
            Holds.RELEASE,
                    // the last: an index of what is held now, and of nothing else
                    Set.of("claim_id", "stage_id", "nth", "collector_id", "claims_held"),
            ClaimSql.LAST, Set.of("stage_id", "collector_id"),
            ClaimGrants.NUMBERED, Set.of("collectible_id"),
            // the first of what waits to be granted, out of an index of nothing else
            ClaimGrants.WAITING, Set.of("claims_serial_once"),
            // read twice a second by every node
            LiveDrops.COUNTS, Set.of("stage_id", "collector_id"));

    private TestDatabase database;
    private ClaimConnections connections;

    @BeforeEach
    void open() {
        database = TestDatabase.fresh();
        connections = new ClaimConnections(database.jdbcUrl(), database.user(), database.password());
    }

    @AfterEach
    void close() {
        connections.close();
        database.close();
    }

    @Test
    void aClaimIsFoundByIndexOnAnEmptyTableAndBesideTenMillion() throws SQLException {
        everyPlanIsNarrow("on empty tables");
        nothingBesideReadsThemAll("on empty tables", BESIDE);
        int version = database.jdbc()
                .sql("select current_setting('server_version_num')::int")
                .query(Integer.class)
                .single();
        int many = version < 180_000 ? MANY_ON_AN_OLDER_ONE : MANY;
        fill(many);
        everyPlanIsNarrow("beside millions of claims that nobody has counted");
        nothingBesideReadsThemAll("beside millions of claims that nobody has counted", BESIDE);
        // Once they are counted it is known that they are all of one drop, which is what it reads.
        nothingBesideReadsThemAll(
                "the winners of one drop beside the claims of all", Map.of(Claims.WINNERS, Set.of("drop_id")));
        run("analyze claims, claims_ended, claim_reviews, drop_codes, returned_serials");
        assertThat(database.jdbc()
                        .sql("select reltuples from pg_class where oid = 'claims'::regclass")
                        .query(Double.class)
                        .single())
                .as("claims that were counted")
                .isGreaterThan(many * 0.9);
        everyPlanIsNarrow("beside millions of claims that were counted");
        nothingBesideReadsThemAll("beside millions of claims that were counted", BESIDE);
    }

    private void nothingBesideReadsThemAll(String when, Map<String, Set<String>> statements) throws SQLException {
        try (Connection connection =
                        DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password());
                Statement statement = connection.createStatement()) {
            statement.execute("set plan_cache_mode = force_generic_plan");
            for (var each : statements.entrySet()) {
                List<JsonNode> looks = nodes(plan(statement, numbered(each.getKey()))).stream()
                        .filter(node -> reads(node)
                                && node.path("Relation Name").asString().equals("claims"))
                        .toList();
                assertThat(looks).as("%s: %s", when, each.getKey()).isNotEmpty().allSatisfy(look -> {
                    String found = look.path("Index Cond").asString("")
                            + look.path("Recheck Cond").asString("")
                            + " by "
                            + look.path("Index Name").asString("");
                    if (kind(look).equals("Tid Scan")) return; // those rows and no others
                    assertThat(each.getValue())
                            .as("%s, %s: %s", when, kind(look), found)
                            .anyMatch(column -> Pattern.compile("\\b" + column + "\\b")
                                    .matcher(found)
                                    .find());
                });
            }
        }
    }

    /** Each name is one parameter, as often as it stands there, and each mark is one of its own. */
    private static String numbered(String sql) {
        List<String> names = new ArrayList<>();
        return Pattern.compile("(?<!:):([a-zA-Z]+)|\\?").matcher(sql).replaceAll(found -> {
            String name = found.group(1) == null ? "? " + names.size() : found.group(1);
            if (!names.contains(name)) names.add(name);
            return "\\$" + (names.indexOf(name) + 1);
        });
    }

    /** Without a log of the pages and without the housekeeper: neither changes a plan, and the second would count the rows. */
    private void fill(int many) {
        for (String table : List.of("claims", "claims_ended", "claim_reviews", "drop_codes", "returned_serials"))
            run("alter table " + table + " set (autovacuum_enabled = false)");
        run("alter table claims set unlogged");
        String id = "('00000000-0000-0000-0000-' || lpad(to_hex(n), 12, '0'))::uuid";
        String key = "decode(lpad(to_hex(n), 16, '0'), 'hex')";
        run("""
                insert into claims (brand_id, drop_id, collector_id, nth, claim_id, stage_id, claim_key, person_key, person_nth,
                    collectible_id, serial, claimed_at, granted_at)
                select '%s', '%s', %s, 1, %s, '%s', %s, %s, 1, '%s', n, now(), now() from generate_series(1, %d) n
                """.formatted(BRAND, DROP, id, id, DROP, key, key, DROP, many));
        run("""
                insert into claims_ended (brand_id, drop_id, collector_id, claim_key, claim_id, stage_id, claimed_at, ended_at)
                select '%s', '%s', %s, %s, %s, '%s', now(), now() from generate_series(1, 100000) n
                """.formatted(BRAND, DROP, id, key, id, DROP));
        run("""
                insert into claim_reviews (brand_id, drop_id, collector_id, reason, held_at, decision, decided_at)
                select '%s', '%s', %s, 'sudden-crowd', now(), 'refused', now() from generate_series(1, 100000) n
                """.formatted(BRAND, DROP, id));
        run("""
                insert into drop_codes (brand_id, drop_id, stage_id, code_hash, batch_id, uses, used)
                select '%s', '%s', '%s', %s, '%s', 1, 0 from generate_series(1, 100000) n
                """.formatted(BRAND, DROP, DROP, key, DROP));
        run("""
                insert into returned_serials (brand_id, collectible_id, serial, returned_at)
                select '%s', '%s', n, now() from generate_series(1, 100000) n
                """.formatted(BRAND, DROP));
    }

    private void run(String sql) {
        database.jdbc().sql(sql).update();
    }

    private void everyPlanIsNarrow(String when) throws SQLException {
        for (var statement : STATEMENTS.entrySet()) {
            String which = statement.getKey() + ", " + when;
            List<JsonNode> nodes = nodes(plan(statement.getValue()));
            assertThat(nodes.stream().map(ClaimPlansTest::kind))
                    .as(which)
                    .doesNotContain("Seq Scan", "Hash Join", "Merge Join", "Gather");
            assertThat(nodes.stream()
                            .filter(node -> kind(node).contains("Sort"))
                            .flatMap(node -> tables(node)))
                    .as("tables that are sorted: %s", which)
                    .isEmpty();
            List<JsonNode> looks = nodes.stream()
                    .filter(node -> node.has("Index Cond") || reads(node))
                    .toList();
            assertThat(looks).as(which).hasSizeGreaterThanOrEqualTo(3).allSatisfy(this::isNarrow);
        }
    }

    private void isNarrow(JsonNode look) {
        if (kind(look).equals("Bitmap Heap Scan")) return; // what it reads is what the index below it found
        assertThat(kind(look)).isIn("Index Scan", "Index Only Scan", "Bitmap Index Scan");
        String found = look.path("Index Cond").asString("");
        String table = look.has("Relation Name")
                ? look.path("Relation Name").asString()
                : NARROWED_BY.keySet().stream()
                        .filter(name -> look.path("Index Name")
                                .asString()
                                .matches(name + "_(pk|once|limit|key_once|person_limit)"))
                        .findFirst()
                        .orElseThrow();
        assertThat(NARROWED_BY.get(table))
                .as("%s by %s: %s", table, look.path("Index Name").asString(), found)
                .anyMatch(column ->
                        Pattern.compile("\\b" + column + "\\b").matcher(found).find());
    }

    private static boolean reads(JsonNode node) {
        return node.has("Relation Name") && !kind(node).equals("ModifyTable");
    }

    private static String kind(JsonNode node) {
        return node.path("Node Type").asString();
    }

    private static Stream<String> tables(JsonNode node) {
        return nodes(node).stream().filter(ClaimPlansTest::reads).map(n -> n.path("Relation Name")
                .asString());
    }

    private static List<JsonNode> nodes(JsonNode top) {
        List<JsonNode> nodes = new ArrayList<>(List.of(top));
        for (JsonNode below : top.path("Plans")) nodes.addAll(nodes(below));
        return nodes;
    }

    private JsonNode plan(String sql) throws SQLException {
        try (Connection connection = connections.open();
                Statement statement = connection.createStatement()) {
            try {
                return plan(statement, numbered(sql));
            } finally {
                connection.rollback();
            }
        }
    }

    private static JsonNode plan(Statement statement, String numbered) throws SQLException {
        int parameters = Pattern.compile("\\$(\\d+)")
                .matcher(numbered)
                .results()
                .mapToInt(found -> Integer.parseInt(found.group(1)))
                .max()
                .orElse(0);
        String nulls = Stream.generate(() -> "null").limit(parameters).collect(Collectors.joining(", "));
        statement.execute("prepare hot as " + numbered);
        String with = parameters == 0 ? "" : "(" + nulls + ")";
        try (ResultSet row = statement.executeQuery("explain (format json) execute hot" + with)) {
            row.next();
            return JsonMapper.shared().readTree(row.getString(1)).get(0).path("Plan");
        } finally {
            statement.execute("deallocate hot");
        }
    }
}
