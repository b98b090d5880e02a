package vitrine.outgoing;

import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import vitrine.platform.Setting;
import vitrine.platform.Settings;

@Configuration(proxyBeanMethods = false)
class OutgoingBeans {

    @Bean
    @ConditionalOnMissingBean
    Targets targets(Settings settings) {
        return new Targets(settings.on(Setting.DEMO));
    }
}
