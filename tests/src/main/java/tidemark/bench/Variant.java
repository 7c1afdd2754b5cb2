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

  /** Whether it gives the rows of the 10 s tier. */
  boolean givesRows() {
    return this == WRITE || this == TIDEMARK || (isPlain() && this != STREAMS);
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
