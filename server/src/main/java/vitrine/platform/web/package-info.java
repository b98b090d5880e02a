/** What every page stands on: templates, words in two languages, hashed assets, the content policy, error pages. */
@NullMarked
package vitrine.platform.web;

import org.jspecify.annotations.NullMarked;
