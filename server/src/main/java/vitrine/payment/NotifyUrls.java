package vitrine.payment;

import org.springframework.stereotype.Component;
import vitrine.platform.Settings;

/** Where gateways tell of payments, as they are told. */
@Component
class NotifyUrls {

    private final Settings settings;

    NotifyUrls(Settings settings) {
        this.settings = settings;
    }

    String of(String gateway) {
        return settings.baseUrl() + "/pay/" + gateway + (gateway.equals("stripe") ? "/webhook" : "/notify");
    }
}
