package tidemark.bench;

import java.util.Arrays;

/** What is measured. Labels stand on command lines and in result files. */
enum Variant {
  /** Limit: the topic's records are read and dropped. */
  READ("read", "hashmap"),
  /** Limit: they are decoded, too. */
  DECODE("decode", "hashmap"),
  /** Limit: their points are admitted and combined, too; the partials are dropped. */
  COMBINE("combine", "hashmap"),
  /** Limit: rows as many and alike are written as files, without a job. */
  WRITE("write", "hashmap"),
  /** The main job as it is submitted: three tiers, series index, dead letters, Iceberg tables. */
  TIDEMARK("tidemark", "rocksdb"),
  /** The same while it listens to heartbeats and definitions, of which there are none. */
  CONTROL("control", "rocksdb"),
  /** The same with a rule that merges all series by service. */
  RULES("rules", "rocksdb"),
  /**
   * The same, on a topic in which one series has half of all points, in records from everywhere.
   */
  HOT("hot", "rocksdb"),
  /** The same as control with 1,000 monitors of each host's metrics, each minute. */
  MONITORS("monitors", "rocksdb"),
  /** The archive job: raw records to files, and their manifest. */
  ARCHIVE("archive", "hashmap"),
  /** The replay job: the archive of the run before through the main job's stages into a branch. */
  REPLAY("replay", "rocksdb"),
  /** One record per point, keyBy, 10 s window, aggregate, file sink; state in RocksDB. */
  PLAIN("plain", "rocksdb"),
  /** The same with state on the heap. */
  PLAIN_HEAP("plain-heap", "hashmap"),
  /** Flink SQL: TUMBLE, mini-batch, local aggregation before the shuffle; state in RocksDB. */
  SQL("sql", "rocksdb"),
  /** The same with state on the heap. */
  SQL_HEAP("sql-heap", "hashmap"),
  /** Kafka Streams, and no Flink: windows in memory, rows to a topic. */
  STREAMS("streams", "none");

  private final String label;
  private final String stateBackend;

  Variant(String label, String stateBackend) {
    this.label = label;
    this.stateBackend = stateBackend;
  }

  String label() {
    return label;
  }

  /** Flink's name of the state backend. */
  String stateBackend() {
    return stateBackend;
  }

  /** What a user would write instead. Slower, so it reads a part of the topic only. */
  boolean isPlain() {
    return this == PLAIN
        || this == PLAIN_HEAP
        || this == SQL
        || this == SQL_HEAP
        || this == STREAMS;
  }

  /** Whether it is the main job. */
  boolean isMainJob() {
    return this == TIDEMARK || hasControl();
  }

  /** Whether it is the main job with a control topic. */
  boolean hasControl() {
    return this == CONTROL || this == HOT || this == RULES || this == MONITORS;
  }

  /** What a variant of the main job differs from in one thing. */
  Variant base() {
    return switch (this) {
      case RULES, MONITORS -> CONTROL;
      case HOT -> RULES;
      default -> TIDEMARK;
    };
  }

  /** What it reads, of what the command line asks for. */
  Workload workload(Workload asked) {
    return this == HOT ? asked.with(Trait.HOT) : asked;
  }

  /** Whether it writes the archive or reads it. */
  boolean isOfArchive() {
    return this == ARCHIVE || this == REPLAY;
  }

  /** Whether it gives the rows of the 10 s tier. */
  boolean givesRows() {
    return this == WRITE || this == REPLAY || isMainJob() || (isPlain() && this != STREAMS);
  }

  static Variant ofLabel(String label) {
    for (Variant variant : values()) {
      if (variant.label.equals(label)) {
        return variant;
      }
    }
    throw new IllegalArgumentException(
        "variant must be one of %s, got %s"
            .formatted(
                String.join(", ", Arrays.stream(values()).map(Variant::label).toList()), label));
  }
}
