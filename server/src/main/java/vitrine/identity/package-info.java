/** Who is here: collectors (also unclaimed ones), staff, brands' teams and agencies, sign-in, API keys. */
@ApplicationModule(allowedDependencies = {"platform"})
@NullMarked
package vitrine.identity;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
