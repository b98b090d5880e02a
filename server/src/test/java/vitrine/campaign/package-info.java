@NullMarked
package vitrine.campaign;

import org.jspecify.annotations.NullMarked;
