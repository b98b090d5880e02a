package vitrine.catalog;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import vitrine.platform.Bilingual;
import vitrine.proof.Hash32;

/**
 * Collectibles whose pieces all differ: a name, traits and a picture for each number. They are one table among the collectible's
 * files, in the role {@code pieces}, so its hash stands in the manifest and a certificate proves what its number is.
 *
 * <p>The table is CSV (RFC 4180) in UTF-8 with line feeds: {@code serial}, {@code name_zh}, {@code name_en}, {@code picture} (the
 * SHA-256 of a file, in hexadecimal, or nothing), then a column for each trait, headed by its name as {@code 中文|English}; a cell is
 * {@code 中文|English}, or one word for both. Ordered by serial, 1 to n.
 */
@Component
public class UniquePieces {

    public static final int PIECES_MAX = 100_000;
    public static final int BYTES_MAX = 16 << 20;
    public static final String ROLE = "pieces";
    private static final int NAME_MAX = 120;
    private static final int PROBLEMS_SHOWN = 20;
    private static final Set<String> FIXED = Set.of("serial", "name_zh", "name_en", "picture");

    private final JdbcClient db;
    private final JdbcTemplate rows;
    private final Catalog catalog;
    private final MediaLibrary library;

    UniquePieces(JdbcClient db, JdbcTemplate rows, Catalog catalog, MediaLibrary library) {
        this.db = db;
        this.rows = rows;
        this.catalog = catalog;
        this.library = library;
    }

    /** @param name null: it has none of its own */
    public record Unique(
            int serial,
            @Nullable Bilingual name,
            List<Collectible.Trait> traits,
            @Nullable Hash32 picture) {}

    /**
     * What keeps a table from being taken.
     *
     * @param line of the file, counted from 1; 0: the file as a whole
     * @param code stable, and the key of its words
     * @param got what stands there
     */
    public record Problem(long line, String code, String got) {}

    public sealed interface Reading {
        /** @param traits heads of the trait columns, as they were written */
        record Whole(List<Unique> pieces, List<String> traits) implements Reading {}

        /** At most the first twenty. */
        record Bad(List<Problem> problems) implements Reading {}
    }

    /**
     * Reads a table as somebody made it: columns in any order, serials in any order or left out.
     *
     * @param pictures by the names under which they were sent along; a cell may also hold a hash
     */
    public Reading read(byte[] csv, Map<String, Hash32> pictures) {
        if (csv.length > BYTES_MAX) return bad(0, "pieces.too-large", String.valueOf(csv.length));
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(csv))
                    .toString();
        } catch (CharacterCodingException e) {
            return bad(0, "pieces.not-utf8", "");
        }
        if (text.startsWith("\uFEFF")) text = text.substring(1);
        List<Problem> problems = new ArrayList<>();
        List<Unique> pieces = new ArrayList<>();
        List<String> traits = new ArrayList<>();
        try (CsvReader<CsvRecord> reader = CsvReader.builder().ofCsvRecord(text)) {
            Map<String, Integer> columns = null;
            Map<Integer, Bilingual> traitColumns = new LinkedHashMap<>();
            Set<Integer> serials = new HashSet<>();
            for (CsvRecord record : reader) {
                long line = record.getStartingLineNumber();
                if (columns == null) {
                    columns = heads(record, traits, traitColumns, problems);
                    if (!problems.isEmpty()) return new Reading.Bad(problems);
                    continue;
                }
                if (record.getFields().stream().allMatch(String::isBlank)) continue;
                if (pieces.size() == PIECES_MAX) return bad(line, "pieces.too-many", String.valueOf(PIECES_MAX));
                Unique piece = piece(record, columns, traitColumns, pictures, pieces.size() + 1, problems);
                if (piece != null && !serials.add(piece.serial())) {
                    problems.add(new Problem(line, "pieces.serial-twice", String.valueOf(piece.serial())));
                }
                if (problems.size() >= PROBLEMS_SHOWN) return new Reading.Bad(problems);
                if (piece != null) pieces.add(piece);
            }
        } catch (CsvParseException e) {
            return bad(0, "pieces.no-table", "");
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        if (problems.isEmpty() && pieces.isEmpty()) return bad(0, "pieces.empty", "");
        pieces.sort(Comparator.comparingInt(Unique::serial));
        for (int i = 0; problems.isEmpty() && i < pieces.size(); i++) {
            if (pieces.get(i).serial() != i + 1) {
                problems.add(new Problem(0, "pieces.gap", String.valueOf(i + 1)));
            }
        }
        missing(pieces).forEach(hash -> problems.add(new Problem(0, "pieces.no-picture", hash.hex())));
        return problems.isEmpty() ? new Reading.Whole(pieces, traits) : new Reading.Bad(problems);
    }

    private static Reading.Bad bad(long line, String code, String got) {
        return new Reading.Bad(List.of(new Problem(line, code, got)));
    }

    private static Map<String, Integer> heads(
            CsvRecord record, List<String> traits, Map<Integer, Bilingual> traitColumns, List<Problem> problems) {
        Map<String, Integer> columns = new HashMap<>();
        for (int i = 0; i < record.getFieldCount(); i++) {
            String head = record.getField(i).strip();
            String fixed = head.toLowerCase(Locale.ROOT);
            if (head.isEmpty()) continue;
            if (FIXED.contains(fixed)) {
                if (columns.put(fixed, i) != null) problems.add(new Problem(1, "pieces.column-twice", head));
            } else if (traits.contains(head)) {
                problems.add(new Problem(1, "pieces.column-twice", head));
            } else if (head.length() > NAME_MAX) {
                problems.add(new Problem(1, "pieces.too-long", head.substring(0, 40)));
            } else {
                traits.add(head);
                traitColumns.put(i, bilingual(head));
            }
        }
        if (traits.size() > CollectibleDraft.TRAITS_MAX) {
            problems.add(new Problem(1, "pieces.too-many-traits", String.valueOf(traits.size())));
        }
        if (columns.isEmpty() && traits.size() <= 1) problems.add(new Problem(1, "pieces.no-head", ""));
        return columns;
    }

    private static @Nullable Unique piece(
            CsvRecord record,
            Map<String, Integer> columns,
            Map<Integer, Bilingual> traitColumns,
            Map<String, Hash32> pictures,
            int nth,
            List<Problem> problems) {
        long line = record.getStartingLineNumber();
        int before = problems.size();
        int serial = nth;
        if (columns.containsKey("serial")) {
            String typed = field(record, columns.get("serial"));
            serial = typed.matches("[1-9][0-9]{0,6}") ? Integer.parseInt(typed) : 0;
            if (serial < 1 || serial > PIECES_MAX) problems.add(new Problem(line, "pieces.serial", typed));
        }
        String zh = field(record, columns.get("name_zh"));
        String en = field(record, columns.get("name_en"));
        if (zh.isEmpty() != en.isEmpty() && columns.containsKey("name_zh") && columns.containsKey("name_en")) {
            problems.add(new Problem(line, "pieces.name-half", zh + en));
        }
        if (zh.length() > NAME_MAX || en.length() > NAME_MAX) {
            problems.add(new Problem(line, "pieces.too-long", (zh + en).substring(0, 40)));
        }
        Hash32 picture = null;
        String named = field(record, columns.get("picture"));
        if (!named.isEmpty()) {
            picture = pictures.containsKey(named) ? pictures.get(named) : Hash32.hexOrNull(named);
            if (picture == null) problems.add(new Problem(line, "pieces.no-picture", named));
        }
        List<Collectible.Trait> traits = new ArrayList<>();
        traitColumns.forEach((column, name) -> {
            String value = field(record, column);
            if (value.length() > CollectibleDraft.TEXT_MAX) {
                problems.add(new Problem(line, "pieces.too-long", value.substring(0, 40)));
            } else if (!value.isEmpty()) {
                traits.add(new Collectible.Trait(name, bilingual(value)));
            }
        });
        if (problems.size() > before) return null;
        Bilingual name =
                zh.isEmpty() && en.isEmpty() ? null : new Bilingual(zh.isEmpty() ? en : zh, en.isEmpty() ? zh : en);
        return new Unique(serial, name, traits, picture);
    }

    private static String field(CsvRecord record, @Nullable Integer column) {
        return column == null || column >= record.getFieldCount()
                ? ""
                : record.getField(column).strip();
    }

    private static Bilingual bilingual(String text) {
        int bar = text.indexOf('|');
        return bar < 0
                ? new Bilingual(text, text)
                : new Bilingual(
                        text.substring(0, bar).strip(), text.substring(bar + 1).strip());
    }

    private Collection<Hash32> missing(List<Unique> pieces) {
        Set<Hash32> named = new HashSet<>();
        for (Unique each : pieces) if (each.picture() != null) named.add(each.picture());
        if (!named.isEmpty()) named.removeAll(library.pictures(named));
        return named;
    }

    /** The table as it is published: see the class. */
    static byte[] table(Reading.Whole whole) {
        var text = new StringWriter();
        try (CsvWriter csv = CsvWriter.builder().lineDelimiter(LineDelimiter.LF).build(text)) {
            List<String> heads = new ArrayList<>(List.of("serial", "name_zh", "name_en", "picture"));
            heads.addAll(whole.traits());
            csv.writeRecord(heads);
            for (Unique each : whole.pieces()) {
                Bilingual name = each.name() == null ? new Bilingual("", "") : each.name();
                List<String> line = new ArrayList<>();
                line.add(String.valueOf(each.serial()));
                line.add(name.zh());
                line.add(name.en());
                line.add(each.picture() == null ? "" : each.picture().hex());
                for (String head : whole.traits()) {
                    Bilingual wanted = bilingual(head);
                    line.add(each.traits().stream()
                            .filter(trait -> trait.name().equals(wanted))
                            .map(Collectible.Trait::value)
                            .map(v -> v.zh().equals(v.en()) ? v.zh() : v.zh() + "|" + v.en())
                            .findFirst()
                            .orElse(""));
                }
                csv.writeRecord(line);
            }
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Gives a draft this table in place of the one that it had; its supply is the number of rows. */
    @Transactional
    public Catalog.Filing put(CollectibleId id, Reading.Whole whole) {
        Hash32 table = library.addTable(table(whole));
        Catalog.Filing filing = catalog.attachInPlace(id, ROLE, table);
        if (filing != Catalog.Filing.DONE) return filing;
        rows.update(
                "delete from unique_pieces where brand_id = ? and collectible_id = ?",
                id.brand().value(),
                id.value());
        rows.batchUpdate("""
                insert into unique_pieces (brand_id, collectible_id, serial, name_zh, name_en, traits, picture)
                values (?, ?, ?, ?, ?, ?, ?)
                """, whole.pieces(), 1_000, (row, piece) -> {
            Bilingual name = piece.name() == null ? new Bilingual("", "") : piece.name();
            row.setObject(1, id.brand().value());
            row.setObject(2, id.value());
            row.setInt(3, piece.serial());
            row.setString(4, name.zh());
            row.setString(5, name.en());
            row.setString(6, Traits.json(piece.traits()).text());
            row.setBytes(7, piece.picture() == null ? null : piece.picture().bytes());
        });
        catalog.supplyOfTable(id);
        return filing;
    }

    public int count(CollectibleId id) {
        return db.sql("select count(*) from unique_pieces where brand_id = :brand and collectible_id = :id")
                .param("brand", id.brand().value())
                .param("id", id.value())
                .query(Integer.class)
                .single();
    }

    /** Its pieces from a number on, in order. */
    public List<Unique> from(CollectibleId id, int serial, int most) {
        return db.sql("""
                select * from unique_pieces where brand_id = :brand and collectible_id = :id and serial >= :serial
                order by serial limit :most
                """)
                .param("brand", id.brand().value())
                .param("id", id.value())
                .param("serial", serial)
                .param("most", most)
                .query((row, n) -> {
                    byte[] picture = row.getBytes("picture");
                    String zh = row.getString("name_zh");
                    return new Unique(
                            row.getInt("serial"),
                            zh.isEmpty() ? null : new Bilingual(zh, row.getString("name_en")),
                            Traits.of(row.getString("traits")),
                            picture == null ? null : Hash32.of(picture));
                })
                .list();
    }

    /** What this number is by itself; empty: the collectible's pieces are all alike. */
    public Optional<Unique> of(PieceNumber number) {
        return from(number.collectible(), number.serial(), 1).stream()
                .filter(piece -> piece.serial() == number.serial())
                .findFirst();
    }
}
