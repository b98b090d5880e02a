@NullMarked
package vitrine.catalog;

import org.jspecify.annotations.NullMarked;
