package vitrine.showroom;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.view.RedirectView;
import vitrine.identity.Access;
import vitrine.identity.Collector;
import vitrine.identity.CollectorId;
import vitrine.identity.Collectors;
import vitrine.identity.Collectors.Naming;
import vitrine.platform.web.Texts;

/** How a collector is called, where her room is found, and the way out. */
@Controller
public class AccountPage {
    private static final int NAME_MAX = 40;

    private final Collectors collectors;
    private final Access access;

    AccountPage(Collectors collectors, Access access) {
        this.collectors = collectors;
        this.access = access;
    }

    public record Account(
            String name,
            String handle,
            boolean named,
            @Nullable String refusal) {}

    @GetMapping("/me/account")
    ModelAndView account() {
        return page(access.person(), null, null);
    }

    @PostMapping("/me/account")
    ModelAndView name(
            @RequestParam(defaultValue = "") String name, @RequestParam(defaultValue = "") String handle, Texts t) {
        var person = access.person();
        var shown = name.strip();
        if (shown.length() > NAME_MAX) {
            return page(person, handle, t.get("account.name-too-long", shown.length(), NAME_MAX));
        }
        collectors.introduce(person, shown, t.language().code());
        var wanted = handle.strip().toLowerCase(java.util.Locale.ROOT);
        var now = collectors.find(person).map(Collector::handle).orElse(null);
        if (!wanted.isEmpty() && !wanted.equals(now)) {
            var refusal =
                    switch (collectors.name(person, wanted)) {
                        case Naming.Named named -> null;
                        case Naming.Taken taken -> t.get("account.handle-taken", wanted);
                        case Naming.NotAName no -> t.get("account.handle-not-a-name");
                    };
            if (refusal != null) return page(person, wanted, refusal);
        }
        var room = new RedirectView("/me");
        room.setStatusCode(HttpStatus.SEE_OTHER);
        return new ModelAndView(room);
    }

    private ModelAndView page(CollectorId person, @Nullable String wanted, @Nullable String refusal) {
        Optional<Collector> collector = collectors.find(person);
        var handle = collector.map(Collector::handle).orElse("");
        var page = new ModelAndView(
                "account",
                "it",
                new Account(
                        collector.map(Collector::displayName).orElse(""),
                        wanted != null ? wanted : handle,
                        !handle.isEmpty(),
                        refusal));
        if (refusal != null) page.setStatus(HttpStatus.UNPROCESSABLE_CONTENT);
        return page;
    }
}
