package vitrine.platform.web;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
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
    private static final Set<Integer> WORDED = Set.of(400, 401, 403, 404, 410, 413, 429, 500, 503);

    private final ErrorAttributes errors;

    PageErrors(ErrorAttributes errors) {
        this.errors = errors;
    }

    @RequestMapping("${server.error.path:${error.path:/error}}")
    @Nullable
    ModelAndView error(HttpServletRequest request, HttpServletResponse response) throws IOException {
        var status = status(request);
        if (isForPrograms(request)) {
            Problems.write(response, HttpStatus.valueOf(status), code(request, status), null);
            return null;
        }
        var page = new ModelAndView("error", "status", WORDED.contains(status) ? status : status < 500 ? 400 : 500);
        page.setStatus(HttpStatus.valueOf(status));
        return page;
    }

    private static int status(HttpServletRequest request) {
        var status = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE) instanceof Integer said ? said : 404;
        return HttpStatus.resolve(status) == null ? 500 : status;
    }

    private static boolean isForPrograms(HttpServletRequest request) {
        var path = request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI) instanceof String failed ? failed : "";
        if (PageFrame.isForPrograms(path)) return true;
        var accept = request.getHeader("Accept");
        return accept != null && accept.contains("json") && !accept.contains("text/html");
    }

    private String code(HttpServletRequest request, int status) {
        if (errors.getError(new ServletWebRequest(request)) instanceof Refused refused) return refused.code();
        return Problems.code(HttpStatus.valueOf(status));
    }
}
