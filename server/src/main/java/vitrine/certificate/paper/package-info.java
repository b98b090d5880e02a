/** What is drawn: the certificate as one printed page, and posters. */
@NamedInterface("paper")
@NullMarked
package vitrine.certificate.paper;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
