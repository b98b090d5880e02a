@NullMarked
package vitrine.campaign.desk;

import org.jspecify.annotations.NullMarked;
