package vitrine.platform.web;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.Utf8ByteOutput;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.core.Ordered;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.View;
import org.springframework.web.servlet.ViewResolver;

/**
 * A view's name is its template: {@code new ModelAndView("orders", "it", mine)} renders {@code orders.jte} with
 * {@code here} and {@code it}. The templates were compiled with the code; with {@code vitrine.templates=DIR} they are
 * compiled again from there whenever they change, which needs the compiler on the class path.
 */
@Component
public class PageViews implements ViewResolver, Ordered {
    private static final String PACKAGE = "vitrine.pages";
    private static final int USUAL_BYTES = 32 * 1024;

    private final TemplateEngine engine;
    private final Heres heres;

    PageViews(Heres heres, @Value("${vitrine.templates:}") String sources) {
        this.heres = heres;
        if (sources.isEmpty()) {
            this.engine =
                    TemplateEngine.createPrecompiled(null, ContentType.Html, PageViews.class.getClassLoader(), PACKAGE);
        } else {
            var classes = Path.of(
                    System.getProperty("java.io.tmpdir"),
                    "vitrine-templates-" + ProcessHandle.current().pid());
            this.engine = TemplateEngine.create(
                    new TemplateSources(Path.of(sources)),
                    classes,
                    ContentType.Html,
                    PageViews.class.getClassLoader(),
                    PACKAGE);
        }
    }

    @Override
    public @Nullable View resolveViewName(String name, Locale locale) {
        // Spring also asks for zone.json and the like, by what a browser says it accepts: those are not pages.
        if (name.indexOf('.') >= 0) return null;
        var template = name + ".jte";
        return engine.hasTemplate(template) ? new Page(template) : null;
    }

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE + 100;
    }

    /** Renders a template outside a request, for mails. */
    public String text(String name, Map<String, Object> model) {
        var output = new Utf8ByteOutput();
        engine.render(name + ".jte", model, output);
        return new String(output.toByteArray(), java.nio.charset.StandardCharsets.UTF_8);
    }

    private static String etag(Utf8ByteOutput page) throws IOException {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            page.writeTo((bytes, offset, length) -> digest.update(bytes, offset, length));
            return HexFormat.of().formatHex(digest.digest(), 0, 12);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java has it
        }
    }

    private final class Page implements View {
        private final String template;

        Page(String template) {
            this.template = template;
        }

        @Override
        public String getContentType() {
            return "text/html;charset=UTF-8";
        }

        @Override
        public void render(@Nullable Map<String, ?> model, HttpServletRequest request, HttpServletResponse response)
                throws Exception {
            var all = new HashMap<String, Object>();
            if (model != null) all.putAll(model);
            var here = heres.of(request);
            all.put("here", here);
            // The whole page is made before its first byte leaves: a fault becomes an error page, not half a page.
            var output = new Utf8ByteOutput(USUAL_BYTES);
            engine.render(template, all, output);
            response.setContentType(getContentType());
            // Content-Language: the dispatcher has set the browser's own before, and over a locale the container takes
            // no header.
            response.setLocale(Locale.forLanguageTag(here.lang()));
            if (response.getHeader("Cache-Control") == null) response.setHeader("Cache-Control", "private, no-cache");
            response.addHeader("Vary", "Accept-Language, Cookie");
            // Who has this very page already is told so: on a slow phone that is a page for some hundred bytes.
            if (response.getStatus() == HttpServletResponse.SC_OK && "GET".equals(request.getMethod())) {
                var tag = "W/\"" + etag(output) + "\"";
                response.setHeader("ETag", tag);
                if (tag.equals(request.getHeader("If-None-Match"))) {
                    response.setStatus(HttpServletResponse.SC_NOT_MODIFIED);
                    return;
                }
            }
            response.setContentLength(output.getContentLength());
            output.writeTo(response.getOutputStream());
        }
    }
}
