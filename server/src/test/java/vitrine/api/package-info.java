@NullMarked
package vitrine.api;

import org.jspecify.annotations.NullMarked;
