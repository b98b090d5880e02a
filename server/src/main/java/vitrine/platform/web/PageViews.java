package vitrine.platform.web;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.Utf8ByteOutput;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.nio.file.Path;
import java.util.HashMap;
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
            response.setHeader("Content-Language", here.lang());
            if (response.getHeader("Cache-Control") == null) response.setHeader("Cache-Control", "private, no-cache");
            response.addHeader("Vary", "Accept-Language, Cookie");
            response.setContentLength(output.getContentLength());
            output.writeTo(response.getOutputStream());
        }
    }
}
