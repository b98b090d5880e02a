package vitrine.platform.web;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.ClassPathResource;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Where the bundled styles and scripts are: a name as in the sources leads to the file whose name carries its hash. */
@Component
public final class Assets {
    private static final Logger log = LoggerFactory.getLogger(Assets.class);

    private record Manifest(Map<String, String> files, String viewerStyle) {}

    private final Manifest manifest;

    public Assets() throws IOException {
        var file = new ClassPathResource("static/assets/manifest.json");
        if (!file.exists()) {
            log.warn("web.not-built: pages are served without styles; run npm ci and npm run build in web/");
            manifest = new Manifest(Map.of(), "");
            return;
        }
        try (InputStream in = file.getInputStream()) {
            manifest = JsonMapper.shared().readValue(in, Manifest.class);
        }
    }

    public String url(String name) {
        return "/assets/" + manifest.files().getOrDefault(name, name);
    }

    /** For the few that answer under a name that never changes: what is in the file; empty where the scripts were not built. */
    public byte[] content(String name) {
        try (InputStream in = new ClassPathResource("static" + url(name)).getInputStream()) {
            return in.readAllBytes();
        } catch (IOException e) {
            return new byte[0];
        }
    }

    /** The hash of the one style element that the 3D viewer makes, for the content policy. */
    String viewerStyle() {
        return manifest.viewerStyle();
    }
}
