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

  /** Flink's id of the job that committed. */
  public static final String JOB = "tidemark.job";

  /** Random id of the start of a job that committed: a restart is another run. */
  public static final String RUN = "tidemark.run";

  /** {@code <checkpoint>-<first 8 digits of the run that closed it>}: no two epochs share it. */
  public static final String EPOCH = "tidemark.epoch";

  /** {@link #EPOCH} of the one before it in its lineage; empty for the first. */
  public static final String PREVIOUS = "tidemark.previous";

  /**
   * Checkpoint that a run was restored from, 0 for none. Such a commit adds no rows: it says that
   * from here on only this run commits, and repeats what its last epoch said of itself.
   */
  public static final String FENCE = "tidemark.fence";

  /** JSON of the last epoch and run of every other lineage: {@code {"lineage":"epoch run"}}. */
  public static final String HEADS = "tidemark.heads";

  /** JSON, next offset to read: {@code {"topic":{"0":123}}}. */
  public static final String OFFSETS = "tidemark.offsets";

  /** Milliseconds since 1970: windows that end at or before it are complete but for late points. */
  public static final String WATERMARK_MS = "tidemark.watermark-ms";

  /** Latest broker time of any record that the lineage has read, milliseconds since 1970. */
  public static final String NEWEST_RECORD_MS = "tidemark.newest-record-ms";

  /** {@code heartbeat}: proven by heartbeats; {@code estimated}: guessed from broker time. */
  public static final String WATERMARK_KIND = "tidemark.watermark-kind";

  public static final String POINTS_ACCEPTED = "tidemark.points-accepted";
  public static final String POINTS_REFUSED = "tidemark.points-refused";
  public static final String POINTS_LATE = "tidemark.points-late";
  public static final String POINTS_STORED = "tidemark.points-stored";
  public static final String RECORDS_REFUSED = "tidemark.records-refused";

  /** Before a count's name, as in {@code tidemark.total-points-stored}: over the whole lineage. */
  public static final String TOTAL = "tidemark.total-";

  /** Whether a key counts what one epoch brought, unlike totals and positions. */
  public static boolean isCountOfEpoch(String key) {
    return key.startsWith(PREFIX + "points-")
        || key.startsWith(PREFIX + "records-")
        || key.startsWith(PREFIX + "refused.")
        || key.startsWith(PREFIX + "series-");
  }

  private EpochKeys() {}
}
