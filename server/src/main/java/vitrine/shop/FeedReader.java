package vitrine.shop;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/**
 * Reads a product feed as it comes: RSS 2.0, RSS 1.0 or Atom with attributes in the namespace {@value #GOOGLE}, or a table with the
 * same names at its head, by tabs or commas; either of them compressed by gzip as well. A row that is not as the specification says
 * is refused by its line and does not cost the others; a file that breaks off is refused as a whole, for nobody knows what it would
 * have said. Nothing outside the file is ever read: a document type is refused, with it every entity.
 *
 * @see <a href="https://support.google.com/merchants/answer/7052112">Product data specification</a>
 */
final class FeedReader {

    static final String GOOGLE = "http://base.google.com/ns/1.0";
    static final int ROWS_MAX = 20_000;
    /** After unpacking; over the wire the same. */
    static final long BYTES_MAX = 64L << 20;

    private static final int REFUSALS_KEPT = 100;
    private static final int VALUE_MAX = 5_000;
    private static final Pattern UNSEEN = Pattern.compile("\\p{Cntrl}+");

    private FeedReader() {}

    /**
     * A row that was not taken.
     *
     * @param line of the file, counted from 1, at which it begins
     * @param item its id, as far as it has one
     * @param code stable, and the key of its words
     * @param got what stands there instead
     */
    record Refusal(int line, String item, String code, String got) {}

    sealed interface Reading {

        /** @param refusals the first hundred of {@code refused} */
        record Whole(List<FeedItem> items, List<Refusal> refusals, int refused) implements Reading {}

        /** @param line where it stopped; 0: the file as a whole */
        record Unreadable(String code, int line) implements Reading {}
    }

    static Reading read(InputStream file) throws IOException {
        var into = new Rows();
        try {
            var in = new BufferedInputStream(new Counted(unpacked(file)));
            String head = head(in);
            if (head.isEmpty()) return new Reading.Unreadable("feed.empty", 0);
            Reading stopped = head.startsWith("<") ? xml(in, into) : table(in, head, into);
            if (stopped != null) return stopped;
        } catch (TooLarge e) {
            return new Reading.Unreadable("feed.too-large", 0);
        } catch (CharacterCodingException e) {
            return new Reading.Unreadable("feed.not-utf8", 0);
        } catch (ZipException | java.io.EOFException e) {
            return new Reading.Unreadable("feed.damaged", 0);
        }
        if (into.items.isEmpty()) {
            if (into.refused == 0) return new Reading.Unreadable("feed.empty", 0);
            // The reasons are worth more than the bare fact.
            return new Reading.Whole(List.of(), into.refusals, into.refused);
        }
        return new Reading.Whole(into.items, into.refusals, into.refused);
    }

    private static final class TooLarge extends IOException {}

    private static InputStream unpacked(InputStream file) throws IOException {
        var in = new BufferedInputStream(file);
        in.mark(2);
        boolean gzip = in.read() == 0x1f && in.read() == 0x8b;
        in.reset();
        return gzip ? new GZIPInputStream(in) : in;
    }

    /** A small file may unpack to gigabytes. */
    private static final class Counted extends FilterInputStream {
        private long left = BYTES_MAX;

        Counted(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int got = super.read();
            if (got >= 0 && --left < 0) throw new TooLarge();
            return got;
        }

        @Override
        public int read(byte[] into, int from, int most) throws IOException {
            int got = super.read(into, from, most);
            if (got > 0 && (left -= got) < 0) throw new TooLarge();
            return got;
        }
    }

    /** The first line that says something, and nothing of it is used up but a mark of the byte order. */
    private static String head(BufferedInputStream in) throws IOException {
        in.mark(16_384);
        byte[] first = in.readNBytes(8_192);
        in.reset();
        String text = new String(first, StandardCharsets.UTF_8);
        if (text.startsWith("\uFEFF")) {
            in.skipNBytes(3);
            text = text.substring(1);
        }
        return text.strip().lines().findFirst().orElse("");
    }

    private static final class Rows {
        final List<FeedItem> items = new ArrayList<>();
        final List<Refusal> refusals = new ArrayList<>();
        final Set<String> ids = new HashSet<>();
        int refused;

        /** False: that is more than we take. */
        boolean take(Map<String, String> row, int line) {
            if (items.size() + refused >= ROWS_MAX) return false;
            // Tables hold what no page shows and no database keeps.
            row.replaceAll(
                    (name, value) -> UNSEEN.matcher(value).replaceAll(" ").strip());
            switch (FeedRow.read(row)) {
                case FeedRow.Read.Good(FeedItem item) -> {
                    if (ids.add(item.id())) items.add(item);
                    else refuse(new Refusal(line, item.id(), "feed.id-twice", item.id()));
                }
                case FeedRow.Read.Bad(String code, String got) ->
                    refuse(new Refusal(line, shortened(row.getOrDefault("id", "")), code, shortened(got)));
            }
            return true;
        }

        private void refuse(Refusal one) {
            refused++;
            if (refusals.size() < REFUSALS_KEPT) refusals.add(one);
        }

        private static String shortened(String text) {
            return text.length() <= 80 ? text : text.substring(0, 79) + "…";
        }
    }

    private static @Nullable Reading xml(InputStream in, Rows into) throws IOException {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setXMLResolver((publicId, systemId, base, namespace) -> {
            throw new XMLStreamException("nothing outside is read");
        });
        XMLStreamReader xml = null;
        try {
            xml = factory.createXMLStreamReader(in);
            boolean known = false;
            while (xml.hasNext()) {
                int event = xml.next();
                if (event == XMLStreamConstants.DTD)
                    return new Reading.Unreadable(
                            "feed.document-type", xml.getLocation().getLineNumber());
                if (event != XMLStreamConstants.START_ELEMENT) continue;
                String name = xml.getLocalName();
                known |= name.equals("rss") || name.equals("feed") || name.equals("RDF");
                if (!known) return new Reading.Unreadable("feed.not-a-feed", 0);
                if (!name.equals("item") && !name.equals("entry")) continue;
                int line = xml.getLocation().getLineNumber();
                if (!into.take(item(xml), line)) return new Reading.Unreadable("feed.too-many-rows", line);
            }
            return null;
        } catch (XMLStreamException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof TooLarge) throw new TooLarge();
            }
            int line = e.getLocation() == null ? 0 : Math.max(0, e.getLocation().getLineNumber());
            return new Reading.Unreadable("feed.damaged", line);
        } finally {
            close(xml);
        }
    }

    private static void close(@Nullable XMLStreamReader xml) {
        try {
            if (xml != null) xml.close();
        } catch (XMLStreamException e) {
            // What was read was read.
        }
    }

    /**
     * The direct children of an item: a shipping inside it has a price of its own. What stands in the namespace goes before what
     * RSS calls by the same name.
     */
    private static Map<String, String> item(XMLStreamReader xml) throws XMLStreamException {
        Map<String, String> plain = new HashMap<>();
        Map<String, String> own = new HashMap<>();
        var text = new StringBuilder();
        int depth = 0;
        while (xml.hasNext()) {
            switch (xml.next()) {
                case XMLStreamConstants.START_ELEMENT -> {
                    if (++depth == 1) {
                        text.setLength(0);
                        String href = xml.getAttributeValue(null, "href"); // as Atom writes a link
                        String rel = xml.getAttributeValue(null, "rel");
                        if (href != null && (rel == null || rel.equals("alternate"))) text.append(href);
                    }
                }
                case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA, XMLStreamConstants.SPACE -> {
                    if (depth == 1 && text.length() < VALUE_MAX) text.append(xml.getText());
                }
                case XMLStreamConstants.ENTITY_REFERENCE ->
                    throw new XMLStreamException("an entity that nobody declared", xml.getLocation());
                case XMLStreamConstants.END_ELEMENT -> {
                    if (depth == 0) {
                        plain.putAll(own);
                        return plain;
                    }
                    if (depth-- == 1)
                        (GOOGLE.equals(xml.getNamespaceURI()) ? own : plain)
                                .putIfAbsent(xml.getLocalName(), text.toString().strip());
                }
                default -> {}
            }
        }
        throw new XMLStreamException("the file ends in the midst of an item", xml.getLocation());
    }

    private static @Nullable Reading table(InputStream in, String head, Rows into) throws IOException {
        char between = head.indexOf('\t') >= 0 ? '\t' : ',';
        // An undecodable byte is an error here: a replaced one would stand on a page as a question mark.
        var decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        try (CsvReader<CsvRecord> csv =
                CsvReader.builder().fieldSeparator(between).ofCsvRecord(new InputStreamReader(in, decoder))) {
            List<String> names = null;
            for (CsvRecord record : csv) {
                if (names == null) {
                    names = record.getFields().stream()
                            .map(FeedReader::attribute)
                            .toList();
                    if (!names.contains("id") || !names.contains("title"))
                        return new Reading.Unreadable("feed.not-a-feed", 0);
                    continue;
                }
                if (record.getFields().stream().allMatch(String::isBlank)) continue;
                Map<String, String> row = new HashMap<>();
                for (int i = 0; i < Math.min(names.size(), record.getFieldCount()); i++)
                    row.putIfAbsent(names.get(i), record.getField(i).strip());
                int line = (int) record.getStartingLineNumber();
                if (!into.take(row, line)) return new Reading.Unreadable("feed.too-many-rows", line);
            }
            return null;
        } catch (CsvParseException e) {
            return new Reading.Unreadable("feed.damaged", 0);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** {@code image link}, {@code Image_Link} and {@code g:image_link} are one attribute. */
    private static String attribute(String head) {
        return head.strip()
                .toLowerCase(Locale.ROOT)
                .replaceFirst("^g:", "")
                .replaceFirst("\\(.*\\)$", "")
                .strip()
                .replace(' ', '_');
    }
}
