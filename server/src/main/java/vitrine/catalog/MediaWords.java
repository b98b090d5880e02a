package vitrine.catalog;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import vitrine.platform.web.Language;
import vitrine.proof.Hash32;

/**
 * What is heard in a collectible's films and sounds, for whoever does not hear it: captions of a film (WebVTT), the text of a sound,
 * in each language. They are no part of the manifest, so they may be added and mended after publishing.
 */
@Component
public class MediaWords {

    public static final int CAPTIONS_MAX = 200_000;
    public static final int TEXT_MAX = 4_000;

    private final JdbcClient db;

    MediaWords(JdbcClient db) {
        this.db = db;
    }

    /** One file's words. Neither: somebody listened, and nothing is spoken in it. */
    public record Words(@Nullable String zh, @Nullable String en) {

        public static final Words NONE_SPOKEN = new Words(null, null);

        public boolean noneSpoken() {
            return zh == null && en == null;
        }

        public @Nullable String in(Language language) {
            return language == Language.ZH ? zh : en;
        }
    }

    /** By the file's hash; what nobody has listened to yet is not in it. */
    public Map<String, Words> of(CollectibleId id) {
        Map<String, Words> words = new HashMap<>();
        db.sql("""
                select encode(sha256, 'hex') as file, zh, en from media_words
                where brand_id = :brand and collectible_id = :id
                """).param("brand", id.brand().value()).param("id", id.value()).query(row -> {
            words.put(row.getString("file"), new Words(row.getString("zh"), row.getString("en")));
        });
        return words;
    }

    /** False: it has no such film or sound. */
    public boolean say(CollectibleId id, Hash32 file, Words words) {
        return db.sql("""
                insert into media_words (brand_id, collectible_id, sha256, zh, en)
                select brand_id, collectible_id, sha256, :zh::text, :en::text from collectible_media
                where brand_id = :brand and collectible_id = :id and sha256 = :file and role in ('video', 'sound') limit 1
                on conflict on constraint media_words_pk do update set zh = excluded.zh, en = excluded.en
                """)
                        .param("zh", words.zh())
                        .param("en", words.en())
                        .param("brand", id.brand().value())
                        .param("id", id.value())
                        .param("file", file.bytes())
                        .update()
                == 1;
    }

    /** Whether a film is among its files of which nobody has said what is spoken in it. */
    public boolean filmUnheard(CollectibleId id) {
        return db.sql("""
                select exists (
                    select from collectible_media cm where cm.brand_id = :brand and cm.collectible_id = :id and cm.role = 'video'
                    and not exists (select from media_words w where w.brand_id = cm.brand_id
                        and w.collectible_id = cm.collectible_id and w.sha256 = cm.sha256))
                """)
                .param("brand", id.brand().value())
                .param("id", id.value())
                .query(Boolean.class)
                .single();
    }

    /** How a caption file was read. */
    public sealed interface Reading {
        record Read(String text) implements Reading {}

        record TooLarge(long bytes, long most) implements Reading {}

        /** No text in UTF-8, or without the mark or a single line of WebVTT. */
        record NotCaptions() implements Reading {}
    }

    /** WebVTT as the W3C has it: UTF-8, the word WEBVTT at its head, and times with an arrow between. */
    public static Reading read(byte[] file) {
        if (file.length > CAPTIONS_MAX) return new Reading.TooLarge(file.length, CAPTIONS_MAX);
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(file))
                    .toString();
        } catch (CharacterCodingException e) {
            return new Reading.NotCaptions();
        }
        if (text.startsWith("\uFEFF")) text = text.substring(1);
        boolean whole = text.matches("(?s)WEBVTT([ \\t\\r\\n].*)?") && text.contains("-->") && text.indexOf('\0') < 0;
        return whole ? new Reading.Read(text) : new Reading.NotCaptions();
    }
}
