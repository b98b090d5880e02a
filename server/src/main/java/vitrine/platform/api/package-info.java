/** What the interface for programs stands on: permissions, pages of a list, answers that may be asked for twice, its description. */
@NullMarked
package vitrine.platform.api;

import org.jspecify.annotations.NullMarked;
