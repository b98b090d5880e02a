@NullMarked
package vitrine.simulate;

import org.jspecify.annotations.NullMarked;
