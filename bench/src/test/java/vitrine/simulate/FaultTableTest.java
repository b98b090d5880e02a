package vitrine.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each step of an order fails in each way, is done again, and nobody can tell afterwards. */
@Tag("simulate")
class FaultTableTest {

    private static final World WORLD = new World(1);
    private static final FaultTable TABLE = new FaultTable(new OrderStory(WORLD));

    @AfterAll
    static void end() {
        WORLD.close();
    }

    @Test
    void everyTransactionIsAStep() {
        FaultTable.Undisturbed undisturbed = TABLE.undisturbed();
        assertThat(undisturbed.violations()).isEmpty();
        assertThat(undisturbed.transactions())
                .isNotEmpty()
                // Whoever reads events moves on as the reader does that is in the other table.
                .filteredOn(one -> !one.what().contains("event_cursors"))
                .filteredOn(one -> !FaultTable.isIn(all(), one))
                .as("transactions that are no step of any table")
                .isEmpty();
    }

    /** What both tables have: orders and sales share how events are read and pieces are recorded. */
    static List<FaultTable.Step> all() {
        return Stream.concat(OrderStory.STEPS.stream(), SaleStories.steps().stream())
                .toList();
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("faults")
    void aStepThatFailedAndIsDoneAgainLeavesNoTrace(FaultTable.Step step, FaultTable.Fault fault) {
        FaultTable.Row row = TABLE.row(step, fault);
        assertThat(row.struck()).as("the fault struck").isTrue();
        assertThat(row.violations()).isEmpty();
        assertThat(row.end()).isEqualTo(TABLE.undisturbed().end());
    }

    static Stream<Arguments> faults() {
        return OrderStory.STEPS.stream()
                .flatMap(step -> Stream.of(FaultTable.Fault.values()).map(fault -> Arguments.of(step, fault)));
    }
}
