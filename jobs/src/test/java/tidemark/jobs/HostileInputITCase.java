package tidemark.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tidemark.operators.DeadLetter;
import tidemark.operators.DeadLetterSerializer;
import tidemark.operators.IntakeRecord;
import tidemark.operators.IntakeRecordSerializer;
import tidemark.operators.store.StoreConfig;
import tidemark.operators.store.StoreOptions;
import tidemark.operators.store.StoreSink;
import tidemark.operators.watermark.HeartbeatWatermarks;

/** A million bad records: the job never restarts, and each one is accounted for. */
class HostileInputITCase {
  private static final int RECORDS = 1_000_000;
  private static final long SEED = 7;

  /** Reasons by offset; written by the job's tasks, which run in this process. */
  private static final Map<Long, String> LETTERS = new ConcurrentHashMap<>();

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
    run();
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
    try (StoredTables tables =
        new StoredTables(folder.resolve("warehouse"), folder.resolve("catalog.db"))) {
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

  private void run() throws Exception {
    Configuration options = new Configuration();
    options.setString("tidemark.decode.max-record-bytes", HostileInput.MAX_RECORD_BYTES + " bytes");
    MainConfig config = MainConfig.from(options);
    Configuration settings = MainConfig.required(config.maxParallelism());
    settings.set(StateBackendOptions.STATE_BACKEND, "rocksdb");
    settings.set(RestartStrategyOptions.RESTART_STRATEGY, "disable");
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(settings);
    env.setParallelism(2);
    env.enableCheckpointing(2_000L);
    HostileInput input = new HostileInput(SEED);
    DataStream<IntakeRecord> records =
        env.fromSource(
                new DataGeneratorSource<>(input::record, RECORDS, IntakeRecordSerializer.TYPE),
                HeartbeatWatermarks.strategy(config.watermark()),
                "records")
            .uid("test-records");
    MainTopology topology = MainTopology.append(records, config);
    topology
        .rows()
        .sinkTo(
            new StoreSink(
                new StoreConfig(
                    folder.resolve("warehouse").toUri().toString(),
                    "jdbc:sqlite:" + folder.resolve("catalog.db"),
                    "tidemark",
                    1 << 26,
                    StoreOptions.OnExisting.REFUSE),
                OperatorUid.STORE_EPOCH.uid()))
        .uid(OperatorUid.STORE.uid());
    topology
        .deadLetters()
        .map(HostileInputITCase::keep)
        .returns(DeadLetterSerializer.TYPE)
        .uid("test-letters")
        .sinkTo(new DiscardingSink<>())
        .uid("test-sink");
    env.execute();
  }

  private static DeadLetter keep(DeadLetter letter) {
    String previous = LETTERS.put(letter.offset(), letter.reasons());
    if (previous != null) {
      throw new IllegalStateException("two dead letters for offset " + letter.offset());
    }
    return letter;
  }
}
