@NullMarked
package vitrine.proof;

import org.jspecify.annotations.NullMarked;
