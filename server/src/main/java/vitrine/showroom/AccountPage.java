package vitrine.showroom;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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
import vitrine.identity.Devices;
import vitrine.identity.News;
import vitrine.identity.Passkeys;
import vitrine.identity.Persons;
import vitrine.identity.RecoveryCodes;
import vitrine.platform.messages.Address;
import vitrine.platform.web.Language;
import vitrine.platform.web.Texts;

/** How a collector is called, what she is told, where she is signed in, and the way out. */
@Controller
public class AccountPage {
    private static final int NAME_MAX = 40;

    private final Collectors collectors;
    private final News news;
    private final Devices devices;
    private final RecoveryCodes codes;
    private final Passkeys passkeys;
    private final Persons persons;
    private final Access access;

    AccountPage(
            Collectors collectors,
            News news,
            Devices devices,
            RecoveryCodes codes,
            Passkeys passkeys,
            Persons persons,
            Access access) {
        this.collectors = collectors;
        this.news = news;
        this.devices = devices;
        this.codes = codes;
        this.passkeys = passkeys;
        this.persons = persons;
        this.access = access;
    }

    /** @param which what a form says back that replaces them */
    public record Codes(int left, String which) {}

    /** @param wanted whether news of this kind are sent */
    public record Choice(String topic, boolean wanted) {}

    /**
     * @param codes the recovery codes that she has
     * @param passkeysOffered whether a browser could keep a key for this address
     * @param device what she may call a key that is made here
     * @param person whether she confirmed to be one person
     * @param contact where she is written to, masked; empty: she has no address
     */
    public record Account(
            String name,
            String handle,
            boolean named,
            boolean open,
            @Nullable String refusal,
            List<Choice> news,
            List<Devices.Device> devices,
            Codes codes,
            boolean passkeysOffered,
            List<Passkeys.Passkey> passkeys,
            @Nullable String passkeyRefusal,
            String device,
            Human person,
            String contact) {

        Account refusing(String why) {
            return new Account(
                    name,
                    handle,
                    named,
                    open,
                    refusal,
                    news,
                    devices,
                    codes,
                    passkeysOffered,
                    passkeys,
                    why,
                    device,
                    person,
                    contact);
        }

        Account said(String words) {
            return new Account(
                    name,
                    handle,
                    named,
                    open,
                    refusal,
                    news,
                    devices,
                    codes,
                    passkeysOffered,
                    passkeys,
                    passkeyRefusal,
                    device,
                    new Human(person.offered(), person.confirmed(), words),
                    contact);
        }
    }

    /**
     * @param offered whether somebody can be asked
     * @param said what became of an answer that was refused
     */
    public record Human(
            boolean offered,
            Persons.@Nullable Confirmed confirmed,
            @Nullable String said) {}

    @GetMapping("/me/account")
    ModelAndView account(
            @RequestParam(defaultValue = "") String passkey,
            @RequestParam(defaultValue = "") String person,
            Texts t,
            HttpServletRequest request) {
        var page = page(access.person(), null, null, request);
        String refusal =
                switch (passkey) {
                    case "not-good" -> t.get("passkey.not-good");
                    case "too-many" -> t.get("passkey.too-many");
                    default -> null;
                };
        if (Set.of("not-good", "too-late", "answered-before", "another-human").contains(person)
                && page.getModel().get("it") instanceof Account it)
            page.addObject("it", it.said(t.get("person." + person)));
        if (refusal != null && page.getModel().get("it") instanceof Account it)
            page.addObject("it", it.refusing(refusal));
        return page;
    }

    @PostMapping("/me/account/news")
    RedirectView news(@RequestParam(defaultValue = "") Set<String> wanted) {
        var person = access.person();
        for (var topic : News.Topic.values()) news.answer(person, topic, wanted.contains(topic.text()));
        return to("/me/account#news");
    }

    /** The one question of the showroom: may the brands whose pieces she holds write to her? */
    @PostMapping("/me/account/news/holders")
    RedirectView ofHolders(@RequestParam(defaultValue = "no") String answer) {
        news.answer(access.person(), News.Topic.HOLDERS, answer.equals("yes"));
        return to("/me");
    }

    /** For the pages and for what is written to her: the address that is led to leaves the cookie. */
    @PostMapping("/me/account/language")
    RedirectView language(@RequestParam(defaultValue = "") String language) {
        Language chosen = Language.named(language);
        if (chosen == null) return to("/me/account");
        collectors.speaks(access.person(), chosen.code());
        return to("/me/account?lang=" + chosen.code() + "#looks");
    }

    @PostMapping("/me/account/devices")
    RedirectView signOutOthers(HttpServletRequest request) {
        devices.signOutOthers(access.person(), request);
        return to("/me/account#devices");
    }

    /** One that ended meanwhile is ended all the same. */
    @PostMapping("/me/account/devices/one")
    RedirectView signOut(@RequestParam(defaultValue = "") String device, HttpServletRequest request) {
        devices.signOut(access.person(), device, request);
        return to("/me/account#devices");
    }

    @PostMapping("/me/account")
    ModelAndView name(
            @RequestParam(defaultValue = "") String name,
            @RequestParam(defaultValue = "") String handle,
            Texts t,
            HttpServletRequest request) {
        var person = access.person();
        var shown = name.strip();
        if (shown.length() > NAME_MAX) {
            return page(person, handle, t.get("account.name-too-long", shown.length(), NAME_MAX), request);
        }
        collectors.introduce(person, shown);
        var wanted = handle.strip().toLowerCase(java.util.Locale.ROOT);
        var now = collectors.find(person).map(Collector::handle).orElse(null);
        if (!wanted.isEmpty() && !wanted.equals(now)) {
            var refusal =
                    switch (collectors.name(person, wanted)) {
                        case Naming.Named named -> null;
                        case Naming.Taken taken -> t.get("account.handle-taken", wanted);
                        case Naming.NotAName no -> t.get("account.handle-not-a-name");
                    };
            if (refusal != null) return page(person, wanted, refusal, request);
        }
        return new ModelAndView(to("/me"));
    }

    private static RedirectView to(String path) {
        var view = new RedirectView(path);
        view.setStatusCode(HttpStatus.SEE_OTHER);
        return view;
    }

    private ModelAndView page(
            CollectorId person, @Nullable String wanted, @Nullable String refusal, HttpServletRequest request) {
        Optional<Collector> collector = collectors.find(person);
        var handle = collector.map(Collector::handle).orElse("");
        var page = new ModelAndView(
                "account",
                "it",
                new Account(
                        collector.map(Collector::displayName).orElse(""),
                        wanted != null ? wanted : handle,
                        !handle.isEmpty(),
                        collector.map(Collector::isPublic).orElse(false),
                        refusal,
                        Arrays.stream(News.Topic.values())
                                .map(topic -> new Choice(topic.text(), news.wanted(person, topic)))
                                .toList(),
                        devices.of(person, request),
                        new Codes(codes.left(person), codes.which(person)),
                        passkeys.offered(),
                        passkeys.of(person),
                        null,
                        Devices.name(request.getHeader("User-Agent")),
                        new Human(persons.offered(), persons.of(person).orElse(null), null),
                        collectors.contact(person).map(Address::masked).orElse("")));
        if (refusal != null) page.setStatus(HttpStatus.UNPROCESSABLE_CONTENT);
        return page;
    }
}
