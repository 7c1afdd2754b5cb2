package tidemark.serde.table;

/**
 * Keys that the summary of every snapshot of our tables carries: which checkpoint it is and what it
 * covers. Written by the committer, read by the gateway and by whoever restores; never renamed.
 */
public final class EpochKeys {
  /** Before every key. */
  public static final String PREFIX = "tidemark.";

  /** One continuous history of a job, kept through savepoints. */
  public static final String LINEAGE = "tidemark.lineage";

  /** Checkpoint id within the lineage. */
  public static final String CHECKPOINT = "tidemark.checkpoint";

  /** JSON, next offset to read: {@code {"topic":{"0":123}}}. */
  public static final String OFFSETS = "tidemark.offsets";

  /** Milliseconds since 1970: windows that end at or before it are complete but for late points. */
  public static final String WATERMARK_MS = "tidemark.watermark-ms";

  /** {@code heartbeat}: proven by heartbeats; {@code estimated}: guessed from broker time. */
  public static final String WATERMARK_KIND = "tidemark.watermark-kind";

  public static final String POINTS_ACCEPTED = "tidemark.points-accepted";
  public static final String POINTS_REFUSED = "tidemark.points-refused";
  public static final String POINTS_LATE = "tidemark.points-late";
  public static final String POINTS_STORED = "tidemark.points-stored";
  public static final String RECORDS_REFUSED = "tidemark.records-refused";

  /** Before a count's name, as in {@code tidemark.total-points-stored}: over the whole lineage. */
  public static final String TOTAL = "tidemark.total-";

  private EpochKeys() {}
}
