@NullMarked
package vitrine.fulfilment;

import org.jspecify.annotations.NullMarked;
