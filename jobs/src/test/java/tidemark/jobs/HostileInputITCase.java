package tidemark.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tidemark.operators.DeadLetter;
import tidemark.operators.DeadLetterSerializer;

/** A million bad records: the job never restarts, and each one is accounted for. */
class HostileInputITCase {
  private static final int RECORDS = 1_000_000;
  private static final long SEED = 7;

  /** Reasons by offset; written by the job's tasks, which run in this process. */
  private static final Map<Long, String> LETTERS = new ConcurrentHashMap<>();

  private static final TopologyRun.Hooks KEEP_LETTERS =
      new TopologyRun.Hooks() {
        @Override
        public void topology(MainTopology topology) {
          topology
              .deadLetters()
              .map(HostileInputITCase::keep)
              .returns(DeadLetterSerializer.TYPE)
              .uid("test-letters")
              .sinkTo(new DiscardingSink<>())
              .uid("test-sink");
        }
      };

  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(2)
              .build());

  @TempDir Path folder;

  @Test
  void everyRecordIsStoredOrHasItsDeadLetter() throws Exception {
    LETTERS.clear();
    TopologyRun run =
        new TopologyRun(folder)
            .parallelism(2)
            .checkpointInterval(Duration.ofSeconds(2))
            .option("tidemark.decode.max-record-bytes", HostileInput.MAX_RECORD_BYTES + " bytes");
    run.run(new HostileInput(SEED)::record, RECORDS, RateLimiterStrategy.noOp(), KEEP_LETTERS);
    HostileInput input = new HostileInput(SEED);
    long sureToBeAccepted = 0;
    long unsure = 0;
    for (long index = 0; index < RECORDS; index++) {
      HostileInput.Kind kind = input.kind(index);
      String letter = LETTERS.get(index);
      switch (kind.reasons) {
        case "" -> assertThat(letter).as("%s at %s", kind, index).isNull();
        case "!" -> assertThat(letter).as("%s at %s", kind, index).isNotEmpty();
        case "?" -> unsure++;
        default -> assertThat(letter).as("%s at %s", kind, index).isEqualTo(kind.reasons);
      }
      sureToBeAccepted += Math.max(0, kind.accepted);
    }
    try (StoredTables tables = run.tables()) {
      Map<String, String> last = tables.summaries().get(tables.summaries().size() - 1);
      assertThat(last).containsEntry("tidemark.total-records-read", Integer.toString(RECORDS));
      long accepted = Long.parseLong(last.get("tidemark.total-points-accepted"));
      assertThat(accepted).isBetween(sureToBeAccepted, sureToBeAccepted + 2 * unsure);
      assertThat(last).containsEntry("tidemark.total-points-stored", Long.toString(accepted));
      long storedInTenSeconds =
          tables.rows().entrySet().stream()
              .filter(row -> row.getKey().tier() == 10)
              .mapToLong(row -> row.getValue().count())
              .sum();
      assertThat(storedInTenSeconds).isEqualTo(accepted);
    }
  }

  private static DeadLetter keep(DeadLetter letter) {
    String previous = LETTERS.put(letter.offset(), letter.reasons());
    if (previous != null) {
      throw new IllegalStateException("two dead letters for offset " + letter.offset());
    }
    return letter;
  }
}
