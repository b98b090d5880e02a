package vitrine.identity;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.HttpStatus;
import org.springframework.security.web.firewall.RequestRejectedException;
import org.springframework.security.web.firewall.RequestRejectedHandler;
import org.springframework.stereotype.Component;
import vitrine.platform.web.Problems;
import vitrine.platform.web.Refused;

/** An address that could mean two things is refused before anybody looks at what it means; a parameter with a page that says so. */
@Component
class Rejections implements RequestRejectedHandler {

    @Override
    public void handle(HttpServletRequest request, HttpServletResponse response, RequestRejectedException why)
            throws IOException {
        if (why instanceof Firewall.ZeroSign)
            Refused.send(request, response, HttpStatus.BAD_REQUEST, "request.bad-parameter");
        else Problems.write(response, HttpStatus.BAD_REQUEST, "request.bad-address", null);
    }
}
