package vitrine.campaign.web;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import vitrine.campaign.Applications;
import vitrine.platform.Bilingual;
import vitrine.platform.web.Here;
import vitrine.platform.web.Texts;

/** Where a brand or a creator asks to be shown. */
@Controller
public class ApplyPage {

    private final Applications applications;

    ApplyPage(Applications applications) {
        this.applications = applications;
    }

    /** As it was typed. */
    public record Typed(
            String kind, String nameZh, String nameEn, String website, String words, String person, String email) {}

    /** @param sent it lies with the house */
    public record Apply(Typed typed, boolean sent, @Nullable String refusal) {}

    @GetMapping("/apply")
    ModelAndView form(@RequestParam(defaultValue = "brand") String kind, @RequestParam(defaultValue = "") String sent) {
        return new ModelAndView(
                "apply",
                "it",
                new Apply(
                        new Typed(Applications.Kind.of(kind).code(), "", "", "", "", "", ""),
                        sent.equals("yes"),
                        null));
    }

    /**
     * {@code z4} is a field that people do not see: a machine fills it in, and is thanked like everybody. It is called as nothing that
     * a browser knows of its owner; staff read what comes with it all the same, behind the others.
     */
    @PostMapping("/apply")
    ModelAndView send(
            @RequestParam(defaultValue = "brand") String kind,
            @RequestParam(defaultValue = "") String nameZh,
            @RequestParam(defaultValue = "") String nameEn,
            @RequestParam(defaultValue = "") String website,
            @RequestParam(defaultValue = "") String words,
            @RequestParam(defaultValue = "") String person,
            @RequestParam(defaultValue = "") String email,
            @RequestParam(defaultValue = "") String z4,
            Here here,
            HttpServletRequest request) {
        Texts t = here.t();
        var typed = new Typed(
                Applications.Kind.of(kind).code(),
                clean(nameZh),
                clean(nameEn),
                clean(website),
                words.strip(),
                clean(person),
                clean(email));
        var form = new Applications.Form(
                Applications.Kind.of(typed.kind()),
                new Bilingual(typed.nameZh(), typed.nameEn()),
                typed.website(),
                typed.words(),
                typed.person(),
                typed.email(),
                t.language(),
                !z4.isEmpty());
        return switch (applications.send(form, request.getRemoteAddr())) {
            case Applications.Sent.Received received -> Following.to("/apply?sent=yes");
            case Applications.Sent.Incomplete(String code) ->
                refused(typed, t.get(code), HttpStatus.UNPROCESSABLE_CONTENT);
            case Applications.Sent.TooOften(int allowed, var after) ->
                refused(
                        typed,
                        t.get("sign-in.too-often", allowed, Math.max(1, after.toMinutes())),
                        HttpStatus.TOO_MANY_REQUESTS);
            case Applications.Sent.Closed closed ->
                refused(typed, t.get("application.closed"), HttpStatus.SERVICE_UNAVAILABLE);
        };
    }

    private static String clean(String text) {
        return text.replaceAll("\\p{Cntrl}", " ").strip();
    }

    private static ModelAndView refused(Typed typed, String words, HttpStatus status) {
        var page = new ModelAndView("apply", "it", new Apply(typed, false, words));
        page.setStatus(status);
        return page;
    }
}
