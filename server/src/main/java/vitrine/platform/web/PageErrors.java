package vitrine.platform.web;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
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
    private static final Set<Integer> WORDED = Set.of(400, 401, 403, 404, 409, 410, 413, 429, 500, 503);

    private final ErrorAttributes errors;
    private final Phrases phrases;

    PageErrors(ErrorAttributes errors, Phrases phrases) {
        this.errors = errors;
        this.phrases = phrases;
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
        var page = new ModelAndView(
                "error",
                Map.of(
                        "status",
                        worded,
                        "words",
                        phrases.has("error." + code + ".title") ? code : String.valueOf(worded),
                        "back",
                        back(request)));
        page.setStatus(HttpStatus.valueOf(status));
        return page;
    }

    /** Who works at the desk goes on where she was, not among the visitors; empty: she was not there. */
    private static String back(HttpServletRequest request) {
        if (!failed(request).startsWith("/desk")) return "";
        try {
            String referer = request.getHeader("Referer");
            URI from = URI.create(referer == null ? "" : referer);
            String path = from.getRawPath() == null ? "" : from.getRawPath();
            // The way within this place alone: what else a header says leads nowhere.
            if (!path.matches("/desk(/[^/].*)?")) return "/desk";
            return from.getRawQuery() == null ? path : path + "?" + from.getRawQuery();
        } catch (IllegalArgumentException e) {
            return "/desk";
        }
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
        return Problems.code(HttpStatus.valueOf(status));
    }
}
