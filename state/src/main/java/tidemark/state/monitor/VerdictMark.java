package tidemark.state.monitor;

/** What is special about a verdict. The order is part of the bytes: append only. */
public enum VerdictMark {
  /** Told before the window was complete: more points can only make it truer. */
  EARLY,
  /** Told long after the window's end, in a backlog or as an amendment. */
  LATE,
  /** Late points changed what was said of this window before. */
  AMENDED
}
