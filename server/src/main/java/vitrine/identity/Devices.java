package vitrine.identity;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.session.FindByIndexNameSessionRepository;
import org.springframework.session.Session;
import org.springframework.stereotype.Component;

/** Where somebody is signed in just now, as she may see it, and the way to end all of it but here. */
@Component
public class Devices {

    static final String NAME = "device";

    /** @param name browser and system, {@code Chrome · Android}; nothing finer is kept, and no address of a network */
    public record Device(String name, Instant signedInAt, Instant lastSeen, boolean here) {}

    private final FindByIndexNameSessionRepository<? extends Session> sessions;
    private final Collectors collectors;

    Devices(FindByIndexNameSessionRepository<? extends Session> sessions, Collectors collectors) {
        this.sessions = sessions;
        this.collectors = collectors;
    }

    /** This one first, then the one seen last. */
    public List<Device> of(CollectorId person, HttpServletRequest request) {
        String here = current(request);
        return collectors.family(person).stream()
                .flatMap(id -> sessions.findByPrincipalName(id.toString()).values().stream())
                .map(session -> new Device(
                        session.getAttribute(NAME) instanceof String name ? name : "",
                        session.getCreationTime(),
                        session.getLastAccessedTime(),
                        session.getId().equals(here)))
                .sorted(Comparator.comparing(Device::here)
                        .reversed()
                        .thenComparing(Device::lastSeen, Comparator.reverseOrder()))
                .toList();
    }

    /** @return how many were ended */
    public int signOutOthers(CollectorId person, HttpServletRequest request) {
        return end(person, current(request));
    }

    /** Everywhere: she is leaving. */
    public void signOutAll(CollectorId person) {
        end(person, null);
    }

    private int end(CollectorId person, @Nullable String but) {
        int ended = 0;
        for (CollectorId id : collectors.family(person)) {
            for (String session : sessions.findByPrincipalName(id.toString()).keySet()) {
                if (session.equals(but)) continue;
                sessions.deleteById(session);
                ended++;
            }
        }
        return ended;
    }

    private static @Nullable String current(HttpServletRequest request) {
        var session = request.getSession(false);
        return session == null ? null : session.getId();
    }

    /** What she knows it by; the whole text would be a fingerprint. */
    public static String name(@Nullable String agent) {
        if (agent == null) return "";
        String browser = agent.contains("MicroMessenger")
                ? "WeChat"
                : agent.contains("Alipay")
                        ? "Alipay"
                        : agent.contains("Edg/")
                                ? "Edge"
                                : agent.contains("Firefox/")
                                        ? "Firefox"
                                        : agent.contains("Chrome/")
                                                ? "Chrome"
                                                : agent.contains("Safari/") ? "Safari" : "";
        String system = agent.contains("HarmonyOS")
                ? "HarmonyOS"
                : agent.contains("Android")
                        ? "Android"
                        : agent.contains("iPhone") || agent.contains("iPad")
                                ? "iOS"
                                : agent.contains("Mac OS X")
                                        ? "macOS"
                                        : agent.contains("Windows")
                                                ? "Windows"
                                                : agent.contains("Linux") ? "Linux" : "";
        return browser.isEmpty() || system.isEmpty() ? browser + system : browser + " · " + system;
    }
}
