package vitrine.platform.web;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.webmvc.error.ErrorAttributes;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.servlet.ModelAndView;

/** The end of every request that went wrong: words for people, problem+json for programs. */
@Controller
class PageErrors implements ErrorController {
    private static final Set<Integer> WORDED = Set.of(400, 401, 403, 404, 405, 409, 410, 413, 429, 500, 503);

    private final ErrorAttributes errors;
    private final Phrases phrases;
    private final Heres heres;

    PageErrors(ErrorAttributes errors, Phrases phrases, Heres heres) {
        this.errors = errors;
        this.phrases = phrases;
        this.heres = heres;
    }

    @RequestMapping("${server.error.path:${error.path:/error}}")
    @Nullable
    ModelAndView error(HttpServletRequest request, HttpServletResponse response) throws IOException {
        var status = status(request);
        if (isForPrograms(request)) {
            Problems.write(response, HttpStatus.valueOf(status), code(request, status), null);
            return null;
        }
        int worded = WORDED.contains(status) ? status : status < 500 ? 400 : 500;
        String code = code(request, status);
        // A form that was not taken is never asked for by its own address again: that one may show nothing.
        Here here = heres.of(request);
        boolean form = !here.got();
        String words = status == 401 && form ? "access.form-not-taken" : code;
        boolean desk = here.at("/desk");
        String from = from(request);
        String way = !form ? here.backTo() : !from.isEmpty() ? from : desk ? "/desk" : "/me";
        boolean isNoColleague = code.equals("access.no-desk");
        var page = new ModelAndView(
                "error",
                Map.of(
                        "words",
                        phrases.has("error." + words + ".title") ? words : String.valueOf(worded),
                        // Where it leads on once she has signed in; empty: that would change nothing.
                        "signIn",
                        isNoColleague ? Here.signIn("/desk") : status == 401 ? Here.signIn(way) : "",
                        "back",
                        // Who works at the desk goes on where she was, not among the visitors.
                        !desk || isNoColleague ? "" : from.startsWith("/desk") ? from : "/desk"));
        page.setStatus(HttpStatus.valueOf(status));
        return page;
    }

    /** The page of ours that led here; empty: none did. */
    private String from(HttpServletRequest request) {
        return Here.within(request.getHeader("Referer"), heres.baseUrl(), request.getHeader("Host"));
    }

    private static int status(HttpServletRequest request) {
        var status = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE) instanceof Integer said ? said : 404;
        return HttpStatus.resolve(status) == null ? 500 : status;
    }

    private static boolean isForPrograms(HttpServletRequest request) {
        if (PageFrame.isForPrograms(failed(request))) return true;
        var accept = request.getHeader("Accept");
        return accept != null && accept.contains("json") && !accept.contains("text/html");
    }

    private static String failed(HttpServletRequest request) {
        return request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI) instanceof String failed ? failed : "";
    }

    private String code(HttpServletRequest request, int status) {
        if (errors.getError(new ServletWebRequest(request)) instanceof Refused refused) return refused.code();
        String sent = Refused.sent(request);
        return sent != null ? sent : Problems.code(HttpStatus.valueOf(status));
    }
}
