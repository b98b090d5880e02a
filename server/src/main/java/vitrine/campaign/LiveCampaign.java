package vitrine.campaign;

import java.util.List;
import vitrine.campaign.rules.Pause;
import vitrine.campaign.rules.Plan;
import vitrine.proof.Hash32;

/**
 * A campaign as orders meet it.
 *
 * @param version the newest published one
 * @param rules leaf hash of its record in the log
 * @param plan what that version says; where the campaign was ended early its window ends there
 */
record LiveCampaign(CampaignId id, int version, Hash32 rules, Plan plan, List<Pause> pauses) {}
