package vitrine.platform.web;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/** Tells the frame of a page who is looking; null for a guest. The module that knows people provides it. */
public interface Visitors {
    @Nullable
    Visitor of(HttpServletRequest request);
}
