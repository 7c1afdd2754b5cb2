package tidemark.state.monitor;

/** What a verdict says. The order is part of the bytes: append only. */
public enum VerdictStatus {
  OK,
  WARN,
  ALERT,
  /** The window is complete, and nothing is in it. */
  NO_DATA,
  /** The window should be complete by now, and a partition holds it. */
  INCOMPLETE
}
