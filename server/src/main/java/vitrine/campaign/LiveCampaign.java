package vitrine.campaign;

import java.util.List;
import vitrine.campaign.rules.Pause;
import vitrine.campaign.rules.Plan;
import vitrine.rulebook.RulesVersion;

/**
 * A campaign as orders meet it.
 *
 * @param version the newest published one
 * @param rules that version, with the hashes by which pieces name it
 * @param plan what that version says; where the campaign was ended early its window ends there
 */
record LiveCampaign(CampaignId id, int version, RulesVersion rules, Plan plan, List<Pause> pauses) {}
