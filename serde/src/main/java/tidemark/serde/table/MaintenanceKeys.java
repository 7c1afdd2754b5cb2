package tidemark.serde.table;

/**
 * Keys that the summary of a maintenance snapshot carries. Such a snapshot is no epoch: it has none
 * of {@link EpochKeys}, and whoever looks for the newest epoch passes over it.
 */
public final class MaintenanceKeys {
  /** What was done: {@link #COMPACT}, {@link #RETENTION}, {@link #REPLAY} or {@link #PUBLISH}. */
  public static final String MAINTENANCE = "tidemark.maintenance";

  /** Files were folded: same answers, fewer rows and files. */
  public static final String COMPACT = "compact";

  /** Days beyond the retention of their tier were dropped. */
  public static final String RETENTION = "retention";

  /** The branch of a replay was made empty. */
  public static final String REPLAY = "replay";

  /** Rows of a range were replaced by those of a branch, or put back. */
  public static final String PUBLISH = "publish";

  /** Rows of the files that were folded, before and after. */
  public static final String ROWS_BEFORE = "tidemark.rows-before";

  public static final String ROWS_AFTER = "tidemark.rows-after";

  /** Of a publishing: which branch. */
  public static final String PUBLISH_BRANCH = "tidemark.publish-branch";

  /** Of a publishing: snapshot that the branch recomputes. */
  public static final String PUBLISH_BASE = "tidemark.publish-base";

  /** Of a publishing: snapshot whose rows were taken. */
  public static final String PUBLISH_SOURCE = "tidemark.publish-source";

  /** Of a publishing: the comparison that allowed it, or why it was done without; or undo. */
  public static final String PUBLISH_GATE = "tidemark.publish-gate";

  /** Of a publishing: random id, by which a commit whose answer was lost is found. */
  public static final String PUBLISH_ID = "tidemark.publish-id";

  private MaintenanceKeys() {}
}
