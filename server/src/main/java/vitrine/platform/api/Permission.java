package vitrine.platform.api;

import java.util.Arrays;
import java.util.Optional;

/** What somebody may do for a brand. The scope is its name in an API key. */
public enum Permission {
    /** Look at everything of the brand; addresses of buyers are masked. */
    SEE("see"),
    /** Collectibles, campaigns and offers: draft, publish, pause, end. */
    CAMPAIGNS("campaigns"),
    /** Shops: set up, replay a delivery, reconcile. */
    SHOPS("shops"),
    /** The team, its agencies, API keys and webhooks. */
    MANAGE("manage"),
    /** Mails to those who hold the brand's pieces. */
    MESSAGES("messages");

    private final String scope;

    Permission(String scope) {
        this.scope = scope;
    }

    public String scope() {
        return scope;
    }

    public static Optional<Permission> ofScope(String scope) {
        return Arrays.stream(values()).filter(p -> p.scope.equals(scope)).findFirst();
    }
}
