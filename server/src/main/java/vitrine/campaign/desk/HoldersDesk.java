package vitrine.campaign.desk;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import vitrine.campaign.HolderMessages;
import vitrine.campaign.HolderMessages.About;
import vitrine.campaign.HolderMessages.Message;
import vitrine.identity.Who;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.platform.Mark;
import vitrine.platform.api.Cursor;
import vitrine.platform.api.Permission;
import vitrine.platform.api.Requires;
import vitrine.platform.web.Refused;
import vitrine.platform.web.Texts;

/** A mail to those who hold a series or a collectible: written, tried on oneself, counted, sent once. */
@Controller
@Requires(Permission.MESSAGES)
public class HoldersDesk {

    private final Desks desks;
    private final HolderMessages letters;

    HoldersDesk(Desks desks, HolderMessages letters) {
        this.desks = desks;
        this.letters = letters;
    }

    public record Row(Message message, Bilingual about, HolderMessages.Counts counts) {}

    public record Listing(
            List<About> abouts,
            boolean first,
            List<Row> rows,
            @Nullable String older) {}

    /**
     * @param reach whom it would meet now; of a draft
     * @param counts of what was begun, with why people were left out
     * @param body as it will be read, in the reader's language
     * @param seen how the words stood that whoever sends the form has read
     */
    public record One(
            Message message,
            Bilingual about,
            HolderMessages.@Nullable Reach reach,
            HolderMessages.@Nullable Counts counts,
            Map<String, Integer> leftOut,
            String body,
            Mark seen,
            @Nullable String refusal) {
        public boolean isRunning() {
            return !message.isDraft() && message.endedAt() == null;
        }

        public int percent() {
            return counts == null || counts.all() == 0
                    ? 100
                    : 100 * (counts.written() + counts.leftOut()) / counts.all();
        }
    }

    @GetMapping("/desk/{brand}/messages")
    ModelAndView list(
            @PathVariable BrandId brand,
            @RequestParam(defaultValue = "") String after,
            @RequestParam(required = false) @Nullable String said) {
        Desk desk = desks.of(brand, said);
        Cursor from = Cursor.of(after, 1);
        List<Message> found = letters.of(brand, from == null ? null : from.uuid(0), Desks.PAGE + 1);
        List<Message> shown = found.subList(0, Math.min(found.size(), Desks.PAGE));
        return Desks.page(
                "letters",
                desk,
                new Listing(
                        letters.abouts(brand),
                        after.isEmpty(),
                        shown.stream()
                                .map(m -> new Row(m, letters.about(m).name(), letters.counts(m)))
                                .toList(),
                        found.size() <= Desks.PAGE
                                ? null
                                : Desks.address(
                                        desk.path("messages"),
                                        "after",
                                        Cursor.at(shown.getLast().id()))));
    }

    @PostMapping("/desk/{brand}/messages")
    ModelAndView draft(@PathVariable BrandId brand, @RequestParam(defaultValue = "") String about) {
        About chosen = letters.abouts(brand).stream()
                .filter(a -> a.id().toString().equals(about))
                .findFirst()
                .orElseThrow(Refused::notFound);
        return Desks.to(desks.of(brand, null).path("messages/" + letters.draft(brand, chosen, desks.who())));
    }

    @GetMapping("/desk/{brand}/messages/{id}")
    ModelAndView one(
            @PathVariable BrandId brand,
            @PathVariable UUID id,
            @RequestParam(required = false) @Nullable String said,
            Texts t) {
        Message message = find(brand, id);
        return page(message, said, message.mark(), null, HttpStatus.OK, t);
    }

    private Message find(BrandId brand, UUID id) {
        return letters.find(brand, id).orElseThrow(Refused::notFound);
    }

    private ModelAndView refused(Message typed, Mark seen, String why, Texts t) {
        return page(typed, null, seen, why, HttpStatus.UNPROCESSABLE_CONTENT, t);
    }

    private ModelAndView page(
            Message message, @Nullable String said, Mark seen, @Nullable String refusal, HttpStatus status, Texts t) {
        boolean draft = message.isDraft();
        return Desks.page(
                "letter",
                desks.of(message.brand(), said),
                new One(
                        message,
                        letters.about(message).name(),
                        draft ? letters.reach(message) : null,
                        draft ? null : letters.counts(message),
                        draft ? Map.of() : letters.leftOut(message),
                        letters.body(message, t),
                        seen,
                        refusal),
                status);
    }

    /** One form: what is typed is kept whichever button was pressed. */
    @PostMapping("/desk/{brand}/messages/{id}")
    ModelAndView write(
            @PathVariable BrandId brand,
            @PathVariable UUID id,
            @RequestParam(name = "do", defaultValue = "save") String what,
            @RequestParam(name = "subject.zh", defaultValue = "") String subjectZh,
            @RequestParam(name = "subject.en", defaultValue = "") String subjectEn,
            @RequestParam(name = "text.zh", defaultValue = "") String textZh,
            @RequestParam(name = "text.en", defaultValue = "") String textEn,
            @RequestParam(defaultValue = "") String sure,
            @RequestParam(name = Mark.FIELD, defaultValue = "") String seen,
            Texts t) {
        Message before = find(brand, id);
        String path = desks.of(brand, null).path("messages/" + id);
        if (!before.isDraft()) return Desks.to(path);
        var subject = new Bilingual(oneLine(subjectZh), oneLine(subjectEn));
        var text = new Bilingual(clean(textZh), clean(textEn));
        Message typed = before.saying(subject, text);
        var read = new Mark(seen);
        // What is refused is handed back as it was typed: the draft that was kept before would stand over it.
        if (isLong(subject, HolderMessages.SUBJECT_MAX) || isLong(text, HolderMessages.TEXT_MAX))
            return refused(
                    typed, read, t.get("desk.letter.too-long", HolderMessages.SUBJECT_MAX, HolderMessages.TEXT_MAX), t);
        boolean goes = what.equals("send") && typed.isWhole() && !sure.isEmpty();
        // What is sent is what was on her page: no colleague's words come between the saving and the sending.
        boolean saved = desks.inOneTransaction(() -> {
            if (read.differs(letters.lockedMark(before)) || !letters.save(before, subject, text)) return false;
            if (goes) letters.begin(typed, desks.who());
            return true;
        });
        if (!saved)
            return page(typed, null, find(brand, id).mark(), t.get("desk.changed-meanwhile"), HttpStatus.CONFLICT, t);
        return switch (what) {
            case "test" -> {
                if (!typed.isWhole()) yield refused(typed, typed.mark(), t.get("desk.letter.not-whole"), t);
                boolean sent = desks.who() instanceof Who.Colleague me && letters.test(typed, me.collector());
                yield Desks.to(path + (sent ? "?said=letter-tested" : "?said=letter-no-address"));
            }
            case "send" -> {
                if (!typed.isWhole()) yield refused(typed, typed.mark(), t.get("desk.letter.not-whole"), t);
                if (!goes) yield refused(typed, typed.mark(), t.get("desk.letter.not-sure"), t);
                yield Desks.to(path);
            }
            default -> Desks.to(path + "?said=saved");
        };
    }

    private static boolean isLong(Bilingual words, int most) {
        return isLong(words.zh(), most) || isLong(words.en(), most);
    }

    private static boolean isLong(String text, int most) {
        return text.codePointCount(0, text.length()) > most;
    }

    private static String oneLine(String text) {
        return clean(text).replaceAll("\\s+", " ");
    }

    private static String clean(String text) {
        return text.replace("\r\n", "\n").replaceAll("[\\p{Cntrl}&&[^\n]]", "").strip();
    }
}
