/** Ids, clock, money, error pages, jobs, events, mail and text messages; no business. Every module may use it. */
@ApplicationModule(type = ApplicationModule.Type.OPEN)
@NullMarked
package vitrine.platform;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
