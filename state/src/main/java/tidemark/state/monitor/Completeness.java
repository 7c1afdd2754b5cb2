package tidemark.state.monitor;

/** What a watermark rests on. The order is part of the bytes: append only. */
public enum Completeness {
  /** Every partition's heartbeat is later: all points were read. */
  PROVEN,
  /** Points may be missing of which nobody knows. */
  ESTIMATED;

  /** The word that stands for it in tables and messages. */
  public String label() {
    return this == PROVEN ? "proven" : "estimated";
  }
}
