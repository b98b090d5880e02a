@NullMarked
package vitrine.outgoing;

import org.jspecify.annotations.NullMarked;
