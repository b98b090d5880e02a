package vitrine.identity;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import org.springframework.http.CacheControl;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.view.RedirectView;
import vitrine.platform.web.Texts;

/** Keys of devices: the small script asks here what to sign, and a form carries the device's answer. */
@Controller
public class PasskeyPages {

    private static final int NAME_MAX = 60;
    private static final int ANSWER_MAX = 20_000;

    private final Passkeys passkeys;
    private final Collectors collectors;
    private final SignInPages signIn;
    private final Sessions sessions;
    private final Access access;

    PasskeyPages(Passkeys passkeys, Collectors collectors, SignInPages signIn, Sessions sessions, Access access) {
        this.passkeys = passkeys;
        this.collectors = collectors;
        this.signIn = signIn;
        this.sessions = sessions;
        this.access = access;
    }

    @PostMapping("/me/account/passkeys/begin")
    ResponseEntity<Map<String, Object>> begin(HttpServletRequest request) {
        return asked(passkeys.toMake(access.person(), sessions.challenge(request, passkeys.challenge())));
    }

    @PostMapping("/me/account/passkeys")
    RedirectView add(
            @RequestParam(defaultValue = "") String credential,
            @RequestParam(defaultValue = "") String name,
            HttpServletRequest request) {
        String shown = name.strip();
        if (shown.isEmpty()) shown = Devices.name(request.getHeader("User-Agent"));
        if (shown.isEmpty()) shown = "—";
        if (shown.length() > NAME_MAX) shown = shown.substring(0, NAME_MAX);
        String challenge = sessions.challenged(request).orElse("");
        Passkeys.Adding adding = credential.length() > ANSWER_MAX
                ? new Passkeys.Adding.NotGood()
                : passkeys.add(access.person(), challenge, credential, shown);
        return switch (adding) {
            case Passkeys.Adding.Added added -> SignInPages.redirect("/me/account#passkeys");
            case Passkeys.Adding.NotGood no -> SignInPages.redirect("/me/account?passkey=not-good#passkeys");
            case Passkeys.Adding.TooMany many -> SignInPages.redirect("/me/account?passkey=too-many#passkeys");
        };
    }

    /** An empty name changes nothing. */
    @PostMapping("/me/account/passkeys/rename")
    RedirectView rename(@RequestParam(defaultValue = "") String passkey, @RequestParam(defaultValue = "") String name) {
        String shown = name.strip();
        if (shown.length() > NAME_MAX) shown = shown.substring(0, NAME_MAX);
        if (!shown.isEmpty()) passkeys.rename(access.person(), passkey, shown);
        return SignInPages.redirect("/me/account#passkeys");
    }

    @PostMapping("/me/account/passkeys/remove")
    RedirectView remove(@RequestParam(defaultValue = "") String passkey) {
        passkeys.remove(access.person(), passkey);
        return SignInPages.redirect("/me/account#passkeys");
    }

    @PostMapping("/sign-in/passkey/begin")
    ResponseEntity<Map<String, Object>> use(HttpServletRequest request) {
        return asked(passkeys.toUse(sessions.challenge(request, passkeys.challenge())));
    }

    @PostMapping("/sign-in/passkey")
    ModelAndView enter(
            @RequestParam(defaultValue = "") String credential,
            @RequestParam(defaultValue = "") String to,
            Texts t,
            HttpServletRequest request) {
        String challenge = sessions.challenged(request).orElse("");
        Passkeys.Entered entered = credential.length() > ANSWER_MAX
                ? new Passkeys.Entered.Unknown()
                : passkeys.enter(challenge, credential, request.getRemoteAddr());
        return switch (entered) {
            case Passkeys.Entered.In(CollectorId person, var staff) -> {
                collectors.speaks(person, t.language().code());
                yield signIn.enter(request, person, staff, to);
            }
            case Passkeys.Entered.Unknown unknown -> signIn.refused(to, t.get("passkey.unknown"));
            case Passkeys.Entered.TooOften(int allowed, var wait) ->
                signIn.refused(to, t.get("sign-in.too-often", allowed, Math.max(1, wait.toMinutes())));
        };
    }

    private static ResponseEntity<Map<String, Object>> asked(Map<String, Object> options) {
        return ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(options);
    }
}
