/** For the bench: browsers in which somebody signed in before. */
@NullMarked
package vitrine.identity;

import org.jspecify.annotations.NullMarked;
