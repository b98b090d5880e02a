@NullMarked
package vitrine.payment;

import org.jspecify.annotations.NullMarked;
