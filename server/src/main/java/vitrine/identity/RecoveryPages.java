package vitrine.identity;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import vitrine.platform.web.Texts;

/** The way in without mail, and the codes for it. */
@Controller
public class RecoveryPages {

    private final RecoveryCodes codes;
    private final Collectors collectors;
    private final Sessions sessions;
    private final Access access;

    RecoveryPages(RecoveryCodes codes, Collectors collectors, Sessions sessions, Access access) {
        this.codes = codes;
        this.collectors = collectors;
        this.sessions = sessions;
        this.access = access;
    }

    public record Shown(String to, @Nullable String refusal) {}

    public record Made(List<String> codes) {}

    @GetMapping("/sign-in/recovery")
    ModelAndView ask(@RequestParam(defaultValue = "") String to) {
        return page(to, null, HttpStatus.OK);
    }

    @PostMapping("/sign-in/recovery")
    ModelAndView enter(
            @RequestParam(defaultValue = "") String to,
            @RequestParam(defaultValue = "") String code,
            Texts t,
            HttpServletRequest request) {
        return switch (codes.enter(code, request.getRemoteAddr())) {
            case RecoveryCodes.Entered.In(CollectorId person) -> {
                // Staff sign in by their mail alone: a written-down code opens a collector's room and no desk.
                collectors.speaks(person, t.language().code());
                sessions.signIn(request, person, null);
                String backTo = SignInPages.safe(to);
                // Who wanted nothing in particular sees how many codes are left.
                yield new ModelAndView(SignInPages.redirect(
                        backTo.equals("/me") || SignInPages.isOfTheDesk(backTo) ? "/me/account" : backTo));
            }
            case RecoveryCodes.Entered.Wrong wrong ->
                page(to, t.get("recovery.wrong"), HttpStatus.UNPROCESSABLE_CONTENT);
            case RecoveryCodes.Entered.TooOften(int allowed, var wait) ->
                page(
                        to,
                        t.get("recovery.too-often", allowed, Math.max(1, wait.toMinutes())),
                        HttpStatus.TOO_MANY_REQUESTS);
        };
    }

    @PostMapping("/me/account/recovery")
    ModelAndView make(@RequestParam(defaultValue = "") String instead, HttpServletResponse response) {
        response.setHeader("Cache-Control", "no-store");
        // A page that is loaded again sends its form again: that must not void the codes that she has just written
        // down.
        return codes.make(access.person(), instead)
                .map(made -> new ModelAndView("recovery-codes", "it", new Made(made)))
                .orElseGet(() -> new ModelAndView(SignInPages.redirect("/me/account")));
    }

    private static ModelAndView page(String to, @Nullable String refusal, HttpStatus status) {
        var page = new ModelAndView("recovery", "it", new Shown(SignInPages.safe(to), refusal));
        page.setStatus(status);
        return page;
    }
}
