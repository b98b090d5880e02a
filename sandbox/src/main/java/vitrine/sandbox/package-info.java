@NullMarked
package vitrine.sandbox;

import org.jspecify.annotations.NullMarked;
