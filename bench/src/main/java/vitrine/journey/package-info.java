@NullMarked
package vitrine.journey;

import org.jspecify.annotations.NullMarked;
