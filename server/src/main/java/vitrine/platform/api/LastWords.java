package vitrine.platform.api;

import jakarta.servlet.RequestDispatcher;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import vitrine.platform.web.Problems;

/**
 * What the web server itself says of a request that it does not let in (an address or a header that is none, too many bytes): as
 * a problem like all others, instead of a page with its own name and colours.
 */
public final class LastWords extends ErrorReportValve {

    @Override
    protected void report(Request request, Response response, @Nullable Throwable failure) {
        int status = response.getStatus();
        if (status < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) return;
        HttpStatus known = HttpStatus.resolve(status);
        if (known == null || request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI) instanceof String) return;
        String code = Problems.code(known);
        String body = "{\"type\":\"urn:vitrine:problem:" + code + "\",\"title\":\"" + known.getReasonPhrase()
                + "\",\"status\":" + status + ",\"code\":\"" + code + "\"}";
        try {
            response.setContentType("application/problem+json");
            response.setCharacterEncoding(StandardCharsets.UTF_8.name());
            Writer writer = response.getReporter();
            if (writer != null) {
                writer.write(body);
                response.finishResponse();
            }
        } catch (IOException e) {
            container.getLogger().debug("the caller did not wait for the refusal", e);
        }
    }
}
