/**
 * The stand-in for the outside world: shops that send signed orders, their admin APIs and their storefronts.
 *
 * <p>It shares no code with the server on purpose. It is the independent signer: what the server verifies was made
 * here from the shops' own documentation, so a mistake on one side shows on the other.
 */
@NullMarked
package vitrine.sandbox;

import org.jspecify.annotations.NullMarked;
