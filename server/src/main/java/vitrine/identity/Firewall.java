package vitrine.identity;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.security.web.firewall.FirewalledRequest;
import org.springframework.security.web.firewall.RequestRejectedException;
import org.springframework.security.web.firewall.StrictHttpFirewall;
import org.springframework.stereotype.Component;

/**
 * What no request may hold: an address that could mean two things, and a zero sign in a parameter, which no text of the database can
 * keep. A parameter is looked at when it is read, so that a signed body is still whole for whoever checks it.
 */
@Component
class Firewall extends StrictHttpFirewall {

    static final class ZeroSign extends RequestRejectedException {
        private static final long serialVersionUID = 1L;

        ZeroSign() {
            super("a parameter holds a zero sign");
        }
    }

    Firewall() {
        setAllowedParameterValues(Firewall::isWithoutZero);
    }

    private static boolean isWithoutZero(String value) {
        if (value.indexOf('\0') >= 0) throw new ZeroSign();
        return true;
    }

    @Override
    public FirewalledRequest getFirewalledRequest(HttpServletRequest request) {
        // The page that says so still has the parameters of what was refused.
        return request.getDispatcherType() == DispatcherType.ERROR
                ? new Passed(request)
                : super.getFirewalledRequest(request);
    }

    private static final class Passed extends FirewalledRequest {
        Passed(HttpServletRequest request) {
            super(request);
        }

        @Override
        public void reset() {}
    }
}
