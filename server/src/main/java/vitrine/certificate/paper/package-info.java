/** The certificate as one printed page. */
@NullMarked
package vitrine.certificate.paper;

import org.jspecify.annotations.NullMarked;
