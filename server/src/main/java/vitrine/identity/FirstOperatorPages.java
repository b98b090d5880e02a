package vitrine.identity;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import vitrine.platform.web.Here;
import vitrine.platform.web.Refused;

/** What the link on the console opens. */
@Controller
public class FirstOperatorPages {

    public record Form(
            String token,
            String name,
            String address,
            @Nullable String refusal) {}

    private final FirstOperator first;
    private final Sessions sessions;

    FirstOperatorPages(FirstOperator first, Sessions sessions) {
        this.first = first;
        this.sessions = sessions;
    }

    @GetMapping("/first-operator/{token}")
    ModelAndView form(@PathVariable String token, HttpServletResponse response) {
        response.setHeader("Referrer-Policy", "no-referrer");
        response.setHeader("Cache-Control", "no-store");
        if (!first.isOpen(token)) throw Refused.gone("operator.link-over");
        return new ModelAndView("first-operator", "it", new Form(token, "", "", null));
    }

    @PostMapping("/first-operator/{token}")
    ModelAndView welcome(
            @PathVariable String token,
            @RequestParam(defaultValue = "") String name,
            @RequestParam(defaultValue = "") String address,
            Here here,
            HttpServletRequest request) {
        return switch (first.welcome(token, name, address, here.t().language().code())) {
            case FirstOperator.Welcomed.In in -> {
                sessions.signIn(request, in.collector(), in.staff());
                yield new ModelAndView(SignInPages.redirect("/desk"));
            }
            case FirstOperator.Welcomed.NotAnAddress no -> {
                var page = new ModelAndView(
                        "first-operator",
                        "it",
                        new Form(token, name, address, here.t().get("sign-in.not-an-address")));
                page.setStatus(HttpStatus.UNPROCESSABLE_CONTENT);
                yield page;
            }
            case FirstOperator.Welcomed.Over over -> throw Refused.gone("operator.link-over");
        };
    }
}
