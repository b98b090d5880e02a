@NullMarked
package vitrine.launch;

import org.jspecify.annotations.NullMarked;
