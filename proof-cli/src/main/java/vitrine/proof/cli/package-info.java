@NullMarked
package vitrine.proof.cli;

import org.jspecify.annotations.NullMarked;
