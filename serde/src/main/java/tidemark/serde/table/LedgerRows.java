package tidemark.serde.table;

/**
 * The ledger in the rollups table: how many points of an org and event minute each step of the job
 * has seen. Rows of {@link #TIER}, type counter, one per org, minute, name and task that counted;
 * {@code count} and {@code sum} both say the number of points. They are committed with the rows
 * they speak of, and they add up like any other row.
 *
 * <pre>
 * accepted   points that were admitted
 * received   points in the partials that came to the 10 s tier
 * closed     points in the rows that the 10 s tier sent on
 * dropped    points in those of them that a rule does not want stored
 * </pre>
 */
public final class LedgerRows {
  /** Partition of the ledger, beside the resolutions 10, 60 and 3600. */
  public static final int TIER = 0;

  /** Length of the ledger's windows. */
  public static final long WINDOW_MS = 60_000L;

  public static final String ACCEPTED = "accepted";
  public static final String RECEIVED = "received";
  public static final String CLOSED = "closed";
  public static final String DROPPED = "dropped";

  private LedgerRows() {}
}
