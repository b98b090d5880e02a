package vitrine.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Currency;
import org.junit.jupiter.api.Test;

class MoneyTest {

    private static final Currency EUR = Currency.getInstance("EUR");

    @Test
    void anAmountIsReadAsItIsTyped() {
        assertThat(Money.typed("59", EUR)).isEqualTo(new Money(5_900, EUR));
        assertThat(Money.typed("59.5", EUR)).isEqualTo(new Money(5_950, EUR));
        assertThat(Money.typed("1,299.50", EUR)).isEqualTo(new Money(129_950, EUR));
        assertThat(Money.typed("1,000,000", EUR)).isEqualTo(new Money(100_000_000, EUR));
        Currency yen = Currency.getInstance("JPY");
        assertThat(Money.typed("1,500", yen)).isEqualTo(new Money(1_500, yen));
    }

    @Test
    void whatCouldMeanTwoAmountsIsNone() {
        for (String text : new String[] {
            "59,00",
            "1,29",
            "12,3456",
            "1299,50",
            "1,299,50",
            ",500",
            "1.299,50",
            "1 299",
            "59.505",
            "1e3",
            "-5",
            "",
            "?",
            "9".repeat(40)
        }) assertThat(Money.typed(text, EUR)).as(text).isNull();
        assertThat(Money.typed("1.5", Currency.getInstance("JPY"))).isNull();
    }
}
