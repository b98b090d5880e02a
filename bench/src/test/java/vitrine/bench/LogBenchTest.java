package vitrine.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The log's bench in short: what it made must be found good; what it says of speed is not looked at. */
class LogBenchTest {
    @Test
    void theLogThatWasMadeIsProvenAndReplayed() {
        List<String> said = new ArrayList<>();
        assertThat(LogBench.run(LogBench.Plan.whole().brief(), said::add)).isTrue();
        assertThat(said.stream().map(line -> line.substring(0, line.indexOf(':'))))
                .containsExactly(
                        "sha_ni",
                        "record_bytes",
                        "merkle_append_per_second",
                        "merkle_append_cpu_us",
                        "inclusion_verify_us",
                        "inclusion_verify_cpu_us",
                        "certificate_verify_us",
                        "certificate_verify_cpu_us",
                        "replay_records",
                        "replay_passes",
                        "replay_per_second",
                        "replay_cpu_us",
                        "replay_heap_mb",
                        "replay_holds",
                        "go_judge",
                        "fsync",
                        "log_records",
                        "sealed_per_second",
                        "seal_cpu_us",
                        "sealed_once",
                        "proof_p50_us",
                        "proof_p99_us",
                        "proofs_hold",
                        "sealing_heap_mb");
        assertThat(said)
                .contains(
                        "replay_records: 20000",
                        "replay_passes: 1",
                        "replay_holds: yes",
                        "fsync: on",
                        "log_records: 32500",
                        "sealed_once: yes",
                        "proofs_hold: yes");
    }
}
