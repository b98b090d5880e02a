package vitrine.payment;

import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.platform.Money;

/**
 * What is to be paid for, by whom and how.
 *
 * @param purpose what the money is for, a claim say: a second try of the same purpose pays for the same thing
 * @param payer whose money it is
 * @param cause whom the proceeds go to where it is not the brand
 * @param deadline from when on nobody can pay it any more; by the real clock
 * @param backUrl where the gateway's page leads back to
 * @param clientIp of the payer; WeChat wants it for payments from a browser
 * @param openid who the payer is to our WeChat account; for payments inside WeChat
 */
public record Wanted(
        BrandId brand,
        UUID purpose,
        UUID payer,
        Money amount,
        Bilingual title,
        @Nullable UUID cause,
        Way way,
        Instant deadline,
        String backUrl,
        String clientIp,
        @Nullable String openid,
        Locale locale) {}
