/** What tests of every module stand on: real databases, made fast; whole servers on them. */
@NullMarked
package vitrine.testing;

import org.jspecify.annotations.NullMarked;
