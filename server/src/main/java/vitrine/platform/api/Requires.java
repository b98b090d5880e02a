package vitrine.platform.api;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What a caller must be allowed for the brand in the address ({@code {brand}}: its slug or its id) before this method, or any of
 * this class, runs. Without a brand in the address: for any brand at all. Below {@code /desk} and {@code /api} a method
 * with neither this nor {@link Anyone} is refused to everybody.
 */
@Documented
@Target({ElementType.METHOD, ElementType.TYPE})
@Retention(RetentionPolicy.RUNTIME)
public @interface Requires {
    Permission value();
}
