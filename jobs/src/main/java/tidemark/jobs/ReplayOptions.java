package tidemark.jobs;

import java.time.Duration;
import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.iceberg.SnapshotRef;
import tidemark.operators.admit.AdmitOptions;
import tidemark.operators.combine.CombineOptions;
import tidemark.operators.control.ControlOptions;
import tidemark.operators.decode.DecodeOptions;
import tidemark.operators.rollup.RollupOptions;
import tidemark.operators.rules.RulesOptions;
import tidemark.operators.store.StoreOptions;
import tidemark.operators.watermark.WatermarkOptions;
import tidemark.serde.catalog.ReplayOrigin;

/** All options of the replay job, and its command line. */
final class ReplayOptions {
  /** What the job does. */
  enum Action {
    REPLAY,
    REMOVE
  }

  /** Where records come from. */
  enum Source {
    ARCHIVE,
    KAFKA
  }

  /** What becomes of rules. */
  enum Rules {
    NONE("none", ReplayOrigin.Coarser.NONE),
    AS_WERE("as-were", ReplayOrigin.Coarser.AS_IT_WAS),
    AS_ARE("as-are", ReplayOrigin.Coarser.AS_IT_IS);

    private final String word;
    private final ReplayOrigin.Coarser coarser;

    Rules(String word, ReplayOrigin.Coarser coarser) {
      this.word = word;
      this.coarser = coarser;
    }

    ReplayOrigin.Coarser coarser() {
      return coarser;
    }

    /** As it is written in options. */
    @Override
    public String toString() {
      return word;
    }
  }

  static final ConfigOption<String> BRANCH =
      ConfigOptions.key("tidemark.replay.branch")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "Branch of the tables that the replay writes: 1 to 64 of a-z, 0-9, - and _. It is made"
                  + " if it is not there. A job that continues must keep it.");

  static final ConfigOption<Action> ACTION =
      ConfigOptions.key("tidemark.replay.action")
          .enumType(Action.class)
          .defaultValue(Action.REPLAY)
          .withDescription(
              "replay, or remove: the job removes the branch with all that is in it, and ends.");

  static final ConfigOption<String> OF =
      ConfigOptions.key("tidemark.replay.of")
          .stringType()
          .defaultValue(SnapshotRef.MAIN_BRANCH)
          .withDescription(
              "Branch that the replay is measured against: it reads records up to the offsets of that"
                  + " branch's newest epoch that the archive, or Kafka, reaches. If that is the branch of"
                  + " another replay, the same is computed again, up to the same offsets.");

  static final ConfigOption<Source> SOURCE =
      ConfigOptions.key("tidemark.replay.source")
          .enumType(Source.class)
          .defaultValue(Source.ARCHIVE)
          .withDescription(
              "Where records come from: the archive, or kafka as long as it still has all that may"
                  + " hold points of the range; the source's servers and topic must be named then. A"
                  + " job that continues must keep it.");

  static final ConfigOption<String> FROM =
      ConfigOptions.key("tidemark.replay.from")
          .stringType()
          .defaultValue("")
          .withDescription(
              "First event time that is counted, such as 2026-11-22T10:00:00Z, a full hour. Empty: no"
                  + " bound.");

  static final ConfigOption<String> TO =
      ConfigOptions.key("tidemark.replay.to")
          .stringType()
          .defaultValue("")
          .withDescription(
              "Event time behind the last that is counted, a full hour that the epoch's watermark has"
                  + " passed. Empty: the last such hour.");

  static final ConfigOption<String> ORGS =
      ConfigOptions.key("tidemark.replay.orgs")
          .stringType()
          .defaultValue("")
          .withDescription("Orgs that are counted, separated by commas. Empty: all.");

  static final ConfigOption<String> METRICS =
      ConfigOptions.key("tidemark.replay.metrics")
          .stringType()
          .defaultValue("")
          .withDescription(
              "Metrics that are counted, separated by commas; * stands for any characters. Empty: all.");

  static final ConfigOption<Rules> RULES =
      ConfigOptions.key("tidemark.replay.rules")
          .enumType(Rules.class)
          .defaultValue(Rules.NONE)
          .withDescription(
              "Whether aggregation rules are applied: none; as-were, each version while it was in"
                  + " force; or as-are, those of now as if they had always been there, which gives a new"
                  + " rule its history. All metrics must be counted then, and the control topic be"
                  + " named as for the main job.");

  static final ConfigOption<Integer> PARALLELISM =
      ConfigOptions.key("tidemark.replay.parallelism")
          .intType()
          .defaultValue(0)
          .withDescription(
              "Tasks of each stage; no more read than there are partitions. 0: as Flink is told. Can"
                  + " change between runs.");

  static final ConfigOption<Duration> INTERVAL =
      ConfigOptions.key("tidemark.replay.interval")
          .durationType()
          .defaultValue(Duration.ofMinutes(1))
          .withDescription(
              "Time between checkpoints, each of which is a commit to the branch: what a failure makes"
                  + " the job count again. Can change between runs.");

  static final ConfigOption<Duration> RETRY_FOR =
      ConfigOptions.key("tidemark.replay.retry-for")
          .durationType()
          .defaultValue(Duration.ofMinutes(2))
          .withDescription(
              "How long a read that the object store did not answer is tried again, with pauses of"
                  + " 0.2 s to 10 s, before the job restarts from its last checkpoint. Can change"
                  + " between runs.");

  /** Of the stages, with the main job's defaults: other values than it had give other rows. */
  static final List<ConfigOption<?>> ALL =
      List.of(
          BRANCH,
          ACTION,
          OF,
          SOURCE,
          FROM,
          TO,
          ORGS,
          METRICS,
          RULES,
          PARALLELISM,
          INTERVAL,
          RETRY_FOR,
          SourceOptions.BOOTSTRAP_SERVERS,
          SourceOptions.TOPIC,
          WatermarkOptions.WITHOUT_HEARTBEATS,
          WatermarkOptions.ESTIMATE_DELAY,
          WatermarkOptions.IDLE_AFTER,
          DecodeOptions.DEFAULT_FORMAT,
          DecodeOptions.DEFAULT_ORG,
          DecodeOptions.MAX_RECORD_BYTES,
          AdmitOptions.MAX_AGE,
          AdmitOptions.MAX_FUTURE,
          AdmitOptions.MAX_TAGS,
          AdmitOptions.MAX_METRIC_BYTES,
          AdmitOptions.MAX_TAG_BYTES,
          AdmitOptions.MAX_SERIES_PER_ORG,
          AdmitOptions.MAX_CACHED_SERIES,
          CombineOptions.MAX_ENTRIES,
          CombineOptions.FLUSH_INTERVAL,
          CombineOptions.BATCH_SIZE,
          RollupOptions.MEMORY,
          RollupOptions.MAX_OPEN_WINDOWS,
          RollupOptions.BATCH_SIZE,
          ControlOptions.TOPIC,
          ControlOptions.BOOTSTRAP_SERVERS,
          ControlOptions.STALLED_AFTER,
          ControlOptions.MAX_RULES,
          ControlOptions.MAX_MONITORS,
          ControlOptions.MAX_VERSIONS,
          ControlOptions.MAX_SERIES,
          ControlOptions.MAX_GROUPS,
          ControlOptions.MAX_STEPS,
          ControlOptions.KEEP_ENDED,
          RulesOptions.MAX_ENTRIES,
          RulesOptions.MAX_CACHED_SERIES,
          RulesOptions.MEMORY,
          StoreOptions.WAREHOUSE,
          StoreOptions.CATALOG_URI,
          StoreOptions.CATALOG_NAME,
          StoreOptions.BUFFER,
          StoreOptions.RETRY_FOR,
          ShardOptions.SERVED,
          ShardOptions.CATALOG_NAME);

  private ReplayOptions() {}

  /** Reads the command line; see {@link CommandLineOptions#parse}. */
  static Configuration parse(String[] args) {
    return CommandLineOptions.parse(ALL, args);
  }
}
