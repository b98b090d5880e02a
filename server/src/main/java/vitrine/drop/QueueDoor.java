package vitrine.drop;

import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import vitrine.platform.BusinessClock;

/**
 * {@code GET /d/{slug}/queue.json}: how far a line is, the same for all who stand in it. It is made once in half a second and stands
 * in front of all filters: a hundred thousand who wait are an array of bytes, and cost the database nothing.
 */
final class QueueDoor {

    private static final Pattern PATH = Pattern.compile("/d/([a-z0-9-]{1,64})/queue\\.json");
    private static final long FRESH_NANOS = 500_000_000;
    private static final int SLUGS_MAX = 1_000;

    private final DropPlans plans;
    private final LiveDrops lives;
    private final WaitingRoom room;
    private final BusinessClock clock;
    private final Clock real;
    private final Map<String, Made> made = new ConcurrentHashMap<>();

    QueueDoor(DropPlans plans, LiveDrops lives, WaitingRoom room, BusinessClock clock, Clock real) {
        this.plans = plans;
        this.lives = lives;
        this.room = room;
        this.clock = clock;
        this.real = real;
    }

    private record Made(byte[] body, long nanos) {}

    /** False: this is another path, or there is no such line. */
    boolean answer(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String path = request.getRequestURI();
        if (!path.endsWith("/queue.json")) return false;
        Matcher matcher = PATH.matcher(path);
        if (!matcher.matches()) return false;
        byte[] body = body(matcher.group(1));
        if (body == null) return false;
        response.setHeader("Cache-Control", "public, max-age=1");
        response.setContentType("application/json");
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
        return true;
    }

    private byte @Nullable [] body(String slug) {
        Made known = made.get(slug);
        long now = System.nanoTime();
        if (known != null && now - known.nanos < FRESH_NANOS) return known.body;
        // Whoever invents addresses pays for the look-up alone; only lines that there are stay here.
        byte[] fresh = make(slug);
        if (fresh == null) return null;
        if (made.size() >= SLUGS_MAX) made.clear();
        made.put(slug, new Made(fresh, System.nanoTime()));
        return fresh;
    }

    private byte @Nullable [] make(String slug) {
        Drop drop = plans.at(slug).orElse(null);
        if (drop == null || drop.state() == Drop.State.DRAFT) return null;
        Instant now = clock.now();
        LiveDrops.Seen seen = lives.look(drop, now);
        if (seen == null || seen.stage().mode() == Stage.Mode.RACE) return null;
        WaitingRoom.Seen line = room.look(drop, seen.stage());
        ObjectNode said = JsonMapper.shared()
                .createObjectNode()
                .put("now", now.toString())
                .put("phase", seen.phase().code())
                .put("state", line.state().code())
                .put("stage", seen.stage().id().toString())
                .put("opensAt", seen.stage().opensAt().toString())
                .put("arrivals", line.arrivals())
                .put("called", line.called())
                // While nobody is called the last pace says nothing of how long it takes.
                .put("rate", seen.phase() == LiveDrops.Phase.OPEN ? Math.round(line.rate() * 100) / 100.0 : 0.0);
        if (line.listed() != null) said.put("listed", line.listed());
        if (seen.left() != null) said.put("left", seen.left());
        if (line.round() != null) said.put("round", line.round());
        // Whoever waits for it asks again when it is there, and seldom before.
        if (line.seed() == null && line.roundAt() != null)
            said.put(
                    "roundIn",
                    Math.max(0, Duration.between(real.instant(), line.roundAt()).toSeconds() + 1));
        if (line.seed() != null) said.put("seed", line.seed().hex());
        if (line.late()) said.put("late", true);
        return JsonMapper.shared().writeValueAsBytes(said);
    }

    @Configuration(proxyBeanMethods = false)
    static class Registration {
        @Bean
        FilterRegistrationBean<Filter> queueDoor(
                DropPlans plans, LiveDrops lives, WaitingRoom room, BusinessClock clock, Clock real) {
            var queueDoor = new QueueDoor(plans, lives, room, clock, real);
            var door = new FilterRegistrationBean<Filter>((request, response, chain) -> {
                if (!(request instanceof HttpServletRequest http)
                        || !http.getMethod().equals("GET")
                        || !queueDoor.answer(http, (HttpServletResponse) response)) chain.doFilter(request, response);
            });
            door.setName("queueDoor");
            door.addUrlPatterns("/d/*");
            door.setOrder(Ordered.HIGHEST_PRECEDENCE);
            return door;
        }
    }
}
