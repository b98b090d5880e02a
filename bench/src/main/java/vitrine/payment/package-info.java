/** The payments' own parts, played by hand and broken on purpose. */
@NullMarked
package vitrine.payment;

import org.jspecify.annotations.NullMarked;
