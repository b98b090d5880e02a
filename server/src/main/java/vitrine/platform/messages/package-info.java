/** Mail and text messages: written down with what they tell of, carried afterwards. */
@NullMarked
package vitrine.platform.messages;

import org.jspecify.annotations.NullMarked;
