@NullMarked
package vitrine.identity;

import org.jspecify.annotations.NullMarked;
