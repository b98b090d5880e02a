package vitrine.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each step of a payment fails in each way, is done again, if need be by another node, and nobody can tell afterwards. */
@Tag("simulate")
class SaleFaultTableTest {

    private static final Ground GROUND = Ground.withHosts(2, DropWorld.BEGIN.minus(Duration.ofDays(1)));

    private static final List<FaultTable> TABLES =
            SaleStories.all(GROUND).stream().map(FaultTable::new).toList();

    @AfterAll
    static void end() {
        GROUND.close();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("tables")
    void everyTransactionIsAStep(FaultTable table) {
        FaultTable.Undisturbed undisturbed = table.undisturbed();
        assertThat(undisturbed.violations()).isEmpty();
        assertThat(undisturbed.transactions())
                .isNotEmpty()
                .filteredOn(one -> !FaultTable.isIn(FaultTableTest.all(), one))
                .as("transactions that are no step of any table")
                .isEmpty();
    }

    static List<FaultTable> tables() {
        return TABLES;
    }

    @ParameterizedTest(name = "{0}: {1} {2}")
    @MethodSource("faults")
    void aStepThatFailedAndIsDoneAgainLeavesNoTrace(FaultTable table, FaultTable.Step step, FaultTable.Fault fault) {
        FaultTable.Row row = table.row(step, fault);
        assertThat(row.struck()).as("the fault struck").isTrue();
        assertThat(row.violations()).isEmpty();
        assertThat(row.end()).isEqualTo(table.undisturbed().end());
    }

    static Stream<Arguments> faults() {
        return TABLES.stream().flatMap(table -> table.steps().stream()
                .flatMap(step -> Stream.of(FaultTable.Fault.values()).map(fault -> Arguments.of(table, step, fault))));
    }

    /** Whoever compares must be able to tell: what belongs together is committed in two, and the node dies in between. */
    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("cuts")
    void aTransactionInTwoIsNoticed(FaultTable table, FaultTable.Step before) {
        FaultTable.Row row = table.cut(before);
        assertThat(row.struck()).as("the fault struck").isTrue();
        assertThat(row.violations().isEmpty()
                        && row.end().equals(table.undisturbed().end()))
                .as("nobody can tell")
                .isFalse();
    }

    static Stream<Arguments> cuts() {
        return TABLES.stream().flatMap(table -> table.cuts().stream().map(cut -> Arguments.of(table, cut)));
    }
}
