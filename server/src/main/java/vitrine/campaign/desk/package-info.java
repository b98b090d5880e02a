/**
 * The desk of a brand's colleagues: what is stuck, deliveries, shops, campaigns, entitlements, pieces, team and keys. It sits with
 * the campaigns, from where all that it shows can be seen. Nothing here decides anything: each act is a verb of the module that
 * owns it, written to the audit log in the same transaction. Modules above add pages of their own in the same frame ({@link Desks}).
 */
@NamedInterface("desk")
@NullMarked
package vitrine.campaign.desk;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
