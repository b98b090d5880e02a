@NullMarked
package vitrine.showroom;

import org.jspecify.annotations.NullMarked;
