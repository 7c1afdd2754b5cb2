package tidemark.serde.manifest;

/** Keys that the summary of a snapshot of the {@code archive} table carries; never renamed. */
public final class ArchiveKeys {
  /** JSON, the offset behind the last that the table speaks for: {@code {"topic":{"0":123}}}. */
  public static final String ENDS = "tidemark.archive.ends";

  /** JSON, Kafka's id of each topic that the table speaks for: {@code {"topic":"id"}}. */
  public static final String TOPICS = "tidemark.archive.topics";

  /** Commit that wrote the snapshot. */
  public static final String EPOCH = "tidemark.archive.epoch";

  private ArchiveKeys() {}
}
