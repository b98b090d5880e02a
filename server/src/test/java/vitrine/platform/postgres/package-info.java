@NullMarked
package vitrine.platform.postgres;

import org.jspecify.annotations.NullMarked;
