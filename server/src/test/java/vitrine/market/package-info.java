@NullMarked
package vitrine.market;

import org.jspecify.annotations.NullMarked;
