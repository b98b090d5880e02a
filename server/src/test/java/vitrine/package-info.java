@NullMarked
package vitrine;

import org.jspecify.annotations.NullMarked;
