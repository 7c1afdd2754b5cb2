package tidemark.serde.archive;

/** What is known of a record when it is archived, and decides its block. May be reused. */
public interface RecordFacts {
  /** {@link #earliestMs} of a record that may hold points of any time, or of a heartbeat. */
  long ANY_EARLIEST_MS = Long.MIN_VALUE;

  /** {@link #latestMs} of a record that may hold points of any time, or of a heartbeat. */
  long ANY_LATEST_MS = Long.MAX_VALUE;

  /** Tenant; empty for a heartbeat and for a record that names none or cannot be read. */
  String org();

  boolean isHeartbeat();

  /** Time of its earliest point, epoch ms. */
  long earliestMs();

  /** Time of its latest point, epoch ms; not below the earliest. */
  long latestMs();
}
