/** WeChat Pay, Alipay and Stripe behind one shape, and the money journal. */
@ApplicationModule(allowedDependencies = {"platform"})
@NullMarked
package vitrine.payment;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
