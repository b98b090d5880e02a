package vitrine.campaign.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static vitrine.campaign.rules.Cast.at;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;

class WaitingTest {

    @Test
    void theDayOfReceiptDoesNotCountAndTheLastDayIsWaitedOut() {
        // Received on Wednesday; Thursday and Friday are waited out; due when Saturday begins.
        assertThat(Waiting.workingDays(2).due(at("2026-06-10T00:00"))).isEqualTo(at("2026-06-13T00:00"));
        assertThat(Waiting.workingDays(2).due(at("2026-06-10T23:59"))).isEqualTo(at("2026-06-13T00:00"));
    }

    @Test
    void withoutAWaitItIsDueAtReceipt() {
        assertThat(Waiting.none().due(at("2026-06-10T15:04"))).isEqualTo(at("2026-06-10T15:04"));
    }

    @Test
    void aSaturdayThatWasMadeAWorkingDayCounts() {
        // 9 May 2026 is a Saturday and works for the Labour Day holiday of 1 to 5 May.
        assertThat(Waiting.workingDays(1).due(at("2026-05-08T12:00"))).isEqualTo(at("2026-05-10T00:00"));
        assertThat(Waiting.workingDays(1).due(at("2026-04-30T12:00"))).isEqualTo(at("2026-05-07T00:00"));
    }

    @Test
    void springFestivalIsNotWaitedThrough() {
        // 15 to 23 February 2026 are off; Saturday 14 and Saturday 28 work.
        assertThat(Waiting.workingDays(2).due(at("2026-02-13T12:00"))).isEqualTo(at("2026-02-25T00:00"));
        assertThat(Waiting.workingDays(5).due(at("2026-02-23T12:00"))).isEqualTo(at("2026-03-01T00:00"));
    }

    @Test
    void theWaitCrossesNewYear() {
        // 1 to 3 January 2026 are off, Sunday 4 January works.
        assertThat(Waiting.workingDays(3).due(at("2025-12-30T12:00"))).isEqualTo(at("2026-01-06T00:00"));
    }

    @Test
    void theDayIsThatOfTheCampaignsZone() {
        Waiting london = new Waiting(1, WorkingDays.WEEKDAYS, ZoneId.of("Europe/London"));
        // Wednesday 20:00 in London is Thursday in Shanghai.
        assertThat(london.due(at("2026-06-11T03:00"))).isEqualTo(at("2026-06-12T07:00"));
    }

    @Test
    void weekdaysKnowNoHolidaysAndEveryDayKnowsNoWeekend() {
        assertThat(WorkingDays.WEEKDAYS.after(LocalDate.of(2026, 10, 1), 1)).isEqualTo(LocalDate.of(2026, 10, 2));
        assertThat(WorkingDays.EVERY_DAY.after(LocalDate.of(2026, 10, 1), 7)).isEqualTo(LocalDate.of(2026, 10, 8));
    }

    @Test
    void aYearWithoutANoticeCountsWeekdaysAndSaysSo() {
        assertThat(WorkingDays.CHINA.knows(2026)).isTrue();
        assertThat(WorkingDays.CHINA.knows(2031)).isFalse();
        assertThat(WorkingDays.CHINA.isWorkingDay(LocalDate.of(2031, 10, 1))).isTrue();
        assertThat(WorkingDays.CHINA.isWorkingDay(LocalDate.of(2031, 10, 4))).isFalse();
    }

    /** A notice moves as many days as it takes: each worked weekend day pays for a weekday off that is no public holiday itself. */
    @Test
    void movedDaysAreWeekendsAndEveryYearNamesItsNotice() {
        var china = (WorkingDays.China) WorkingDays.CHINA;
        assertThat(china.years()).contains(2025, 2026);
        for (int year : china.years()) {
            assertThat(china.notice(year)).hasValueSatisfying(n -> assertThat(n).startsWith("国办发明电"));
            long worked = LocalDate.of(year, 1, 1)
                    .datesUntil(LocalDate.of(year + 1, 1, 1))
                    .filter(day -> day.getDayOfWeek().compareTo(DayOfWeek.SATURDAY) >= 0 && china.isWorkingDay(day))
                    .count();
            long off = LocalDate.of(year, 1, 1)
                    .datesUntil(LocalDate.of(year + 1, 1, 1))
                    .filter(day -> day.getDayOfWeek().compareTo(DayOfWeek.SATURDAY) < 0 && !china.isWorkingDay(day))
                    .count();
            // 13 public holidays a year since 2025; those that fall on a weekend are given on a weekday all the same.
            assertThat(off - worked).isEqualTo(13);
        }
    }
}
