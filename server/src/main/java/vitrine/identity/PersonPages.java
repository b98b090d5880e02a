package vitrine.identity;

import java.net.URI;
import java.util.Map;
import java.util.regex.Pattern;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.view.RedirectView;
import vitrine.platform.Settings;
import vitrine.platform.web.Refused;
import vitrine.platform.web.Texts;

/** The way out to whoever confirms that she is one human, and back in. */
@Controller
class PersonPages {

    private static final Pattern DROP = Pattern.compile("/d/[a-z0-9-]{1,64}");

    private final Persons persons;
    private final Access access;
    private final Settings settings;

    PersonPages(Persons persons, Access access, Settings settings) {
        this.persons = persons;
        this.access = access;
        this.settings = settings;
    }

    @GetMapping("/me/account/person")
    RedirectView ask(@RequestParam(defaultValue = "") String to, Texts t) {
        if (!persons.offered()) throw Refused.notFound();
        String back = settings.baseUrl() + "/me/account/person/answer"
                + (DROP.matcher(to).matches() ? "?to=" + to : "");
        return SignInPages.redirect(
                persons.ask(access.person(), URI.create(back), t.language().code())
                        .toString());
    }

    @GetMapping("/me/account/person/answer")
    RedirectView answer(
            @RequestParam(defaultValue = "") String state,
            @RequestParam(defaultValue = "") String to,
            @RequestParam Map<String, String> answer) {
        Persons.Confirming ended = persons.confirm(access.person(), state, answer);
        if (ended instanceof Persons.Confirming.Done && DROP.matcher(to).matches()) return SignInPages.redirect(to);
        return SignInPages.redirect("/me/account?person=" + ended.code().substring("person.".length()) + "#person");
    }
}
