package vitrine.platform.api;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.http.MediaType;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyAdvice;
import org.springframework.web.util.UriComponentsBuilder;

/** Says in {@code Link: …; rel="next"} as well where a list goes on. */
@RestControllerAdvice
class NextLinks implements ResponseBodyAdvice<Object> {

    @Override
    public boolean supports(MethodParameter answer, Class<? extends HttpMessageConverter<?>> converter) {
        return answer.getParameterType() == Listing.class;
    }

    @Override
    public @Nullable Object beforeBodyWrite(
            @Nullable Object body,
            MethodParameter answer,
            MediaType type,
            Class<? extends HttpMessageConverter<?>> converter,
            ServerHttpRequest request,
            ServerHttpResponse response) {
        if (body instanceof Listing<?> listing && listing.next() != null) {
            URI here = request.getURI();
            String next = UriComponentsBuilder.newInstance()
                    .path(here.getRawPath())
                    .query(here.getRawQuery())
                    .replaceQueryParam("after", java.net.URLEncoder.encode(listing.next(), StandardCharsets.UTF_8))
                    .build(true)
                    .toUriString();
            response.getHeaders().set("Link", "<" + next + ">; rel=\"next\"");
        }
        return body;
    }
}
