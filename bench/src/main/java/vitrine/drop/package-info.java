/** Crowds for the bench and the simulation, inside the module whose passes they hold. */
@NullMarked
package vitrine.drop;

import org.jspecify.annotations.NullMarked;
