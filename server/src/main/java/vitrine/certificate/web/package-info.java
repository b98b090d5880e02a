/** The certificate as a page. */
@NullMarked
package vitrine.certificate.web;

import org.jspecify.annotations.NullMarked;
