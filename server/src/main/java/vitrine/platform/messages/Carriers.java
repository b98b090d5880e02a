package vitrine.platform.messages;

import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import vitrine.platform.Setting;
import vitrine.platform.Settings;

@Configuration(proxyBeanMethods = false)
class Carriers {

    /** Mail goes to the mail server when there is one; to the demo's page in a demo; else nowhere, and nobody is told it went. */
    @Bean
    @ConditionalOnMissingBean
    Carrier carrier(Settings settings) {
        var smtp = settings.find(Setting.SMTP_URL);
        if (smtp.isPresent()) {
            var from = settings.find(Setting.MAIL_FROM)
                    .orElse("Vitrine <no-reply@" + settings.baseUrl().getHost() + ">");
            return new SmtpCarrier(smtp.get(), from);
        }
        return settings.on(Setting.DEMO) ? new DemoPageCarrier() : new NoCarrier();
    }

    private static final class NoCarrier implements Carrier {
        @Override
        public boolean reaches(Address.Kind kind) {
            return false;
        }

        @Override
        public void carry(Message message) throws NotCarried {
            throw new NotCarried(
                    "no mail server is configured", new IllegalStateException("VITRINE_SMTP_URL is not set"));
        }
    }
}
