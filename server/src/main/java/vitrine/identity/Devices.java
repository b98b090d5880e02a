package vitrine.identity;

import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.session.FindByIndexNameSessionRepository;
import org.springframework.session.Session;
import org.springframework.stereotype.Component;
import vitrine.platform.KeyName;
import vitrine.platform.Keys;

/** Where somebody is signed in just now, as she may see it, and the way to end all of it but here, or one of it. */
@Component
public class Devices {

    static final String NAME = "device";

    /**
     * @param key by which a form names it: a keyed hash, for whoever has a session's own id has the session
     * @param name browser and system, {@code Chrome · Android}; nothing finer is kept, and no address of a network
     */
    public record Device(String key, String name, Instant signedInAt, Instant lastSeen, boolean here) {}

    private final FindByIndexNameSessionRepository<? extends Session> sessions;
    private final Collectors collectors;
    private final Keys keys;

    Devices(FindByIndexNameSessionRepository<? extends Session> sessions, Collectors collectors, Keys keys) {
        this.sessions = sessions;
        this.collectors = collectors;
        this.keys = keys;
    }

    /** This one first, then the one seen last. */
    public List<Device> of(CollectorId person, HttpServletRequest request) {
        String here = current(request);
        return collectors.family(person).stream()
                .flatMap(id -> sessions.findByPrincipalName(id.toString()).values().stream())
                .map(session -> new Device(
                        key(session.getId()),
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
        String here = current(request);
        return end(person, session -> !session.equals(here));
    }

    /**
     * One of the others. This one has a door of its own, which also forgets what it holds.
     *
     * @return whether she was signed in there
     */
    public boolean signOut(CollectorId person, String key, HttpServletRequest request) {
        String here = current(request);
        return end(person, session -> !session.equals(here) && key(session).equals(key)) > 0;
    }

    /** Everywhere: she is leaving. */
    public void signOutAll(CollectorId person) {
        end(person, session -> true);
    }

    private int end(CollectorId person, Predicate<String> which) {
        int ended = 0;
        for (CollectorId id : collectors.family(person)) {
            for (String session : sessions.findByPrincipalName(id.toString()).keySet()) {
                if (!which.test(session)) continue;
                sessions.deleteById(session);
                ended++;
            }
        }
        return ended;
    }

    private String key(String session) {
        byte[] mac = keys.mac(KeyName.SIGN_IN.text(), ("device\n" + session).getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(mac, 0, 16);
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
