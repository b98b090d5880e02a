package vitrine.platform;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Time, randomness, ids and keys are injected, so that a whole day can be simulated in seconds, from a seed. */
@Configuration
class PlatformBeans {

    @Bean
    @ConditionalOnMissingBean
    Clock clock() {
        return Clock.systemUTC();
    }

    @Bean
    @ConditionalOnMissingBean
    SecureRandom secureRandom() {
        return new SecureRandom();
    }

    @Bean
    @ConditionalOnMissingBean
    Ids ids(Clock clock, SecureRandom random) {
        return new Ids(clock, random);
    }

    @Bean
    @ConditionalOnMissingBean
    Keys keys(@Value("${vitrine.data:.vitrine}") Path data, SecureRandom random) {
        return new Keys(data.resolve("keys"), System.getenv(), random);
    }

    /** Spring Boot makes none beside another {@code TransactionOperations}, and sessions have their own. */
    @Bean
    TransactionTemplate transactionTemplate(PlatformTransactionManager manager) {
        return new TransactionTemplate(manager);
    }

    @Bean
    @ConditionalOnMissingBean
    Targets targets(Settings settings) {
        return new Targets(settings.on(Setting.DEMO));
    }
}
