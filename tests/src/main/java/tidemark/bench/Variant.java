package tidemark.bench;

/** What is measured. Labels stand on command lines and in result files. */
enum Variant {
  /** The main job as it is submitted: three tiers, series index, dead letters, Iceberg tables. */
  TIDEMARK("tidemark", "rocksdb"),
  /** One record per point, keyBy, 10 s window, aggregate; state in RocksDB; rows are dropped. */
  PLAIN("plain", "rocksdb"),
  /** The same with state on the heap. */
  PLAIN_HEAP("plain-heap", "hashmap");

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

  static Variant ofLabel(String label) {
    for (Variant variant : values()) {
      if (variant.label.equals(label)) {
        return variant;
      }
    }
    throw new IllegalArgumentException(
        "variant must be tidemark, plain or plain-heap, got " + label);
  }
}
