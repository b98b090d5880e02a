@NullMarked
package vitrine.campaign.rules;

import org.jspecify.annotations.NullMarked;
