package vitrine.identity;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.View;
import org.springframework.web.servlet.view.RedirectView;
import vitrine.platform.messages.Address;
import vitrine.platform.messages.Messages;
import vitrine.platform.web.Here;
import vitrine.platform.web.Texts;

/** The way in and the way out. */
@Controller
public class SignInPages {

    /**
     * @param desk she was on her way to the desk
     * @param refusal a message key and its numbers' text, null: nothing went wrong yet
     */
    public record AskForm(
            String to,
            boolean desk,
            String address,
            boolean phones,
            boolean passkeys,
            @Nullable String refusal) {}

    /** @param again where another code is asked for, on the way to the same place */
    public record CodeForm(
            Address sentTo, String again, @Nullable String refusal) {}

    public record LinkButton(String token, Address address) {}

    private final SignIns signIns;
    private final Sessions sessions;
    private final Access access;
    private final Passkeys passkeys;
    private final Messages messages;

    SignInPages(SignIns signIns, Sessions sessions, Access access, Passkeys passkeys, Messages messages) {
        this.signIns = signIns;
        this.sessions = sessions;
        this.access = access;
        this.passkeys = passkeys;
        this.messages = messages;
    }

    @GetMapping("/sign-in")
    ModelAndView ask(@RequestParam(defaultValue = "") String to) {
        boolean inside =
                switch (access.who()) {
                    case Who.Guest g -> false;
                    // To the desk she comes as a colleague: by signing in again, with the address that works here.
                    case Who.Person p -> !isOfTheDesk(safe(to));
                    case Who.Colleague c -> true;
                    case Who.Machine m -> true;
                };
        if (inside) return new ModelAndView(redirect(safe(to)));
        return form(to, "", null, HttpStatus.OK);
    }

    @PostMapping("/sign-in")
    ModelAndView ask(
            @RequestParam(defaultValue = "") String to,
            @RequestParam(defaultValue = "") String address,
            Here here,
            HttpServletRequest request) {
        return send(to, address, here, request);
    }

    /** Somebody who is signed in shall prove once more that it is her: a code to her own address, and back to where she was. */
    public ModelAndView again(String address, String to, Here here, HttpServletRequest request) {
        return send(to, address, here, request);
    }

    private ModelAndView send(String to, String address, Here here, HttpServletRequest request) {
        Texts t = here.t();
        String backTo = safe(to);
        return switch (signIns.ask(address, t.language(), request.getRemoteAddr(), backTo, sessions.proven(request))) {
            case SignIns.Asked.Sent sent -> {
                sessions.waitFor(request, sent.signIn(), backTo);
                yield new ModelAndView(redirect("/sign-in/sent"));
            }
            case SignIns.Asked.NotAnAddress no ->
                form(
                        to,
                        address,
                        t.get(no.reachable() ? "sign-in.not-an-address" : "sign-in.not-reachable"),
                        HttpStatus.UNPROCESSABLE_CONTENT);
            case SignIns.Asked.TooOften often ->
                form(to, address, tooOften(t, often.allowed(), often.retryAfter()), HttpStatus.TOO_MANY_REQUESTS);
        };
    }

    @GetMapping("/sign-in/sent")
    ModelAndView sent(HttpServletRequest request) {
        return codeForm(request, null, HttpStatus.OK);
    }

    @PostMapping("/sign-in/sent")
    ModelAndView code(@RequestParam(defaultValue = "") String code, Here here, HttpServletRequest request) {
        Optional<UUID> waiting = sessions.waitingFor(request);
        if (waiting.isEmpty()) return new ModelAndView(redirect(again(request)));
        Texts t = here.t();
        return switch (signIns.code(waiting.get(), code, request.getRemoteAddr())) {
            case SignIns.Entered.In in -> enter(request, in);
            case SignIns.Entered.WrongCode wrong ->
                codeForm(request, t.get("sign-in.wrong-code", wrong.triesLeft()), HttpStatus.UNPROCESSABLE_CONTENT);
            case SignIns.Entered.Over over ->
                form(sessions.backTo(request), "", t.get("sign-in.over"), HttpStatus.UNPROCESSABLE_CONTENT);
            case SignIns.Entered.TooOften often ->
                codeForm(request, tooOften(t, often.allowed(), often.retryAfter()), HttpStatus.TOO_MANY_REQUESTS);
        };
    }

    /** Shows a button. Whoever follows links by machine has changed nothing. */
    @GetMapping("/sign-in/link/{token}")
    ModelAndView link(@PathVariable String token, Here here, HttpServletResponse response) {
        // The address holds the token: it must not travel on as a referrer, and no cache keeps the page.
        response.setHeader("Referrer-Policy", "no-referrer");
        response.setHeader("Cache-Control", "no-store");
        Optional<Address> address = signIns.linkTo(token);
        if (address.isEmpty()) return form("", "", here.t().get("sign-in.over"), HttpStatus.GONE);
        return new ModelAndView("sign-in-link", "it", new LinkButton(token, address.get()));
    }

    @PostMapping("/sign-in/link/{token}")
    ModelAndView enter(@PathVariable String token, Here here, HttpServletRequest request) {
        return signIns.link(token) instanceof SignIns.Entered.In in
                ? enter(request, in)
                : form("", "", here.t().get("sign-in.over"), HttpStatus.GONE);
    }

    @PostMapping("/sign-out")
    View leave(HttpServletRequest request) {
        sessions.signOut(request);
        return redirect("/");
    }

    private ModelAndView enter(HttpServletRequest request, SignIns.Entered.In in) {
        sessions.signIn(request, in.collector(), in.staff(), in.proven());
        return entered(in.staff(), in.backTo());
    }

    ModelAndView enter(HttpServletRequest request, CollectorId person, @Nullable StaffId staff, String to) {
        sessions.signIn(request, person, staff);
        return entered(staff, to);
    }

    private static ModelAndView entered(@Nullable StaffId staff, String to) {
        String backTo = safe(to);
        // Who wanted nothing in particular comes to where she works.
        return new ModelAndView(redirect(staff != null && backTo.equals("/me") ? "/desk" : backTo));
    }

    ModelAndView refused(String to, String refusal) {
        return form(to, "", refusal, HttpStatus.UNPROCESSABLE_CONTENT);
    }

    private ModelAndView codeForm(HttpServletRequest request, @Nullable String refusal, HttpStatus status) {
        Optional<Address> sentTo = sessions.waitingFor(request).flatMap(signIns::sentTo);
        if (sentTo.isEmpty()) return new ModelAndView(redirect(again(request)));
        ModelAndView page = new ModelAndView("sign-in-sent", "it", new CodeForm(sentTo.get(), again(request), refusal));
        page.setStatus(status);
        return page;
    }

    /** Leads whoever is signed in on to where she was going. */
    private String again(HttpServletRequest request) {
        return Here.signIn(sessions.backTo(request));
    }

    private ModelAndView form(String to, String address, @Nullable String refusal, HttpStatus status) {
        ModelAndView page = new ModelAndView(
                "sign-in",
                "it",
                new AskForm(
                        safe(to),
                        isOfTheDesk(safe(to)),
                        address,
                        messages.reaches(Address.Kind.PHONE),
                        passkeys.offered(),
                        refusal));
        page.setStatus(status);
        return page;
    }

    private static String tooOften(Texts t, int allowed, java.time.Duration retryAfter) {
        return t.get("sign-in.too-often", allowed, Math.max(1, retryAfter.toMinutes()));
    }

    /** Only a place of our own: {@code //evil.example} and {@code /\evil.example} are addresses of others to a browser. */
    static String safe(String to) {
        boolean ours = to.startsWith("/")
                && !to.startsWith("//")
                && to.length() <= 500
                && to.chars().noneMatch(c -> c < 0x21 || c > 0x7e || c == '\\');
        return ours && !to.startsWith("/sign-in") ? to : "/me";
    }

    static boolean isOfTheDesk(String path) {
        return path.matches("/desk(?:[/?].*)?");
    }

    static RedirectView redirect(String path) {
        RedirectView view = new RedirectView(path);
        view.setStatusCode(HttpStatus.SEE_OTHER);
        view.setExpandUriTemplateVariables(false);
        return view;
    }
}
