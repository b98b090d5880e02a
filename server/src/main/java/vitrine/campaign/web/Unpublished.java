package vitrine.campaign.web;

import java.util.Optional;
import org.springframework.stereotype.Component;
import vitrine.identity.Access;
import vitrine.platform.BrandId;
import vitrine.platform.api.Permission;

/** Works that are drafts, as their pages will show them: for those who work for their brand, and for nobody else. */
@Component
class Unpublished {

    private final Exhibits exhibits;
    private final Access access;

    Unpublished(Exhibits exhibits, Access access) {
        this.exhibits = exhibits;
        this.access = access;
    }

    Optional<Exhibit> at(String slug) {
        return exhibits.draft(slug).filter(draft -> access.permissions(access.who(), new BrandId(draft.brandId()))
                .contains(Permission.SEE));
    }
}
