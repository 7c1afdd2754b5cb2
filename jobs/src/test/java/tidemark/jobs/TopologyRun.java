package tidemark.jobs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import javax.annotation.Nullable;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.connector.datagen.source.GeneratorFunction;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import tidemark.operators.IntakeRecord;
import tidemark.operators.IntakeRecordSerializer;
import tidemark.operators.store.OnAhead;
import tidemark.operators.store.ShardGuard;
import tidemark.operators.store.StoreConfig;
import tidemark.operators.store.StoreOptions;
import tidemark.operators.store.StoreStage;
import tidemark.operators.watermark.HeartbeatWatermarks;

/**
 * Runs the whole job but Kafka on a bounded, replayable input: RocksDB, real checkpoints, real
 * tables in a folder. With the settings of production: no Kryo, no generated uid.
 */
final class TopologyRun {
  private static final Duration WAIT_LIMIT = Duration.ofMinutes(1);

  private final Path folder;
  private final Configuration options = new Configuration();
  private final Configuration settings = new Configuration();
  private int parallelism = 1;
  private Duration checkpointInterval = Duration.ofMillis(100);
  private String name = "tidemark";
  private @Nullable DataGeneratorSource<IntakeRecord> definitions;

  TopologyRun(Path folder) {
    this.folder = folder;
    options.set(SourceOptions.TOPIC, "points");
    settings.set(StateBackendOptions.STATE_BACKEND, "rocksdb");
    settings.set(RestartStrategyOptions.RESTART_STRATEGY, "disable");
  }

  TopologyRun parallelism(int value) {
    parallelism = value;
    return this;
  }

  TopologyRun checkpointInterval(Duration value) {
    checkpointInterval = value;
    return this;
  }

  TopologyRun option(String key, String value) {
    options.setString(key, value);
    return this;
  }

  /** With tables of its own in the same catalog. */
  TopologyRun named(String value) {
    name = value;
    return this;
  }

  TopologyRun restartOnce() {
    settings.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
    settings.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 1);
    settings.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(1));
    return this;
  }

  /** What stands in the control topic: records of a source of its own. */
  TopologyRun definitions(
      GeneratorFunction<Long, IntakeRecord> input, long records, RateLimiterStrategy<?> rate) {
    definitions = new DataGeneratorSource<>(input, records, rate, IntakeRecordSerializer.TYPE);
    return this;
  }

  /** What a test puts between the source and the first stage, and behind the dead letters. */
  interface Hooks {
    default DataStream<IntakeRecord> records(DataStream<IntakeRecord> records) {
      return records;
    }

    default void topology(MainTopology topology) {}
  }

  void run(
      GeneratorFunction<Long, IntakeRecord> input,
      long records,
      RateLimiterStrategy<?> rate,
      Hooks hooks)
      throws Exception {
    environment(input, records, rate, hooks).execute();
  }

  /**
   * Stops with a savepoint once the condition holds; returns where it is. The input must not end
   * before.
   */
  String runAndStop(
      GeneratorFunction<Long, IntakeRecord> input,
      long records,
      RateLimiterStrategy<?> rate,
      Hooks hooks,
      Path savepoints,
      BooleanSupplier condition)
      throws Exception {
    JobClient job = environment(input, records, rate, hooks).executeAsync();
    Instant limit = Instant.now().plus(WAIT_LIMIT);
    while (!condition.getAsBoolean()) {
      JobStatus status = job.getJobStatus().get();
      if (status.isGloballyTerminalState() || Instant.now().isAfter(limit)) {
        throw new AssertionError("the job is %s before it could be stopped".formatted(status));
      }
      LockSupport.parkNanos(50_000_000L);
    }
    return job.stopWithSavepoint(
            false, savepoints.toUri().toString(), SavepointFormatType.CANONICAL)
        .get();
  }

  TopologyRun from(String savepoint) {
    settings.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
    return this;
  }

  private StreamExecutionEnvironment environment(
      GeneratorFunction<Long, IntakeRecord> input,
      long records,
      RateLimiterStrategy<?> rate,
      Hooks hooks)
      throws IOException {
    MainConfig all = MainConfig.from(options);
    ShardGuard shards = JobShards.claim(options, store(), all.admit().maxFutureMs());
    MainConfig config = all.of(shards.share());
    settings.addAll(MainConfig.required(config.maxParallelism()));
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(settings);
    env.setParallelism(parallelism);
    env.enableCheckpointing(checkpointInterval.toMillis());
    DataStream<IntakeRecord> source =
        env.fromSource(
                new DataGeneratorSource<>(input, records, rate, IntakeRecordSerializer.TYPE),
                HeartbeatWatermarks.strategy(config.watermark()),
                "records")
            .uid("test-records");
    DataStream<IntakeRecord> taken = hooks.records(source);
    MainTopology topology =
        definitions == null
            ? MainTopology.append(taken, config)
            : MainTopology.append(taken, definitions(env, config), config);
    hooks.topology(topology);
    StoreStage.append(topology.writers(), store().guardedBy(shards), OperatorUid.STORE_EPOCH.uid());
    return env;
  }

  /** Tables in a folder. */
  static StoreConfig store(Path folder) {
    return new TopologyRun(folder).store();
  }

  private Path warehouse() {
    return folder.resolve(name.equals("tidemark") ? "warehouse" : "warehouse-" + name);
  }

  private StoreConfig store() {
    return new StoreConfig(
        warehouse().toUri().toString(),
        "jdbc:sqlite:" + folder.resolve("catalog.db"),
        name,
        1 << 26,
        "main",
        StoreOptions.OnExisting.REFUSE,
        OnAhead.parse("refuse"),
        120_000L);
  }

  private DataStream<IntakeRecord> definitions(StreamExecutionEnvironment env, MainConfig config) {
    return env.fromSource(
            definitions, HeartbeatWatermarks.strategy(config.watermark()), "definitions")
        .uid("test-definitions")
        .setParallelism(1);
  }

  /** Points of all commits so far. */
  long accepted() {
    try (StoredTables tables = tables()) {
      if (!tables.hasRollups() || tables.rollups().currentSnapshot() == null) {
        return 0;
      }
      Map<String, String> head = tables.rollups().currentSnapshot().summary();
      return Long.parseLong(head.getOrDefault("tidemark.total-points-accepted", "0"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The tables as the run has left them. */
  StoredTables tables() {
    return new StoredTables(warehouse(), folder.resolve("catalog.db"), name);
  }
}
