@NullMarked
package vitrine.certificate;

import org.jspecify.annotations.NullMarked;
