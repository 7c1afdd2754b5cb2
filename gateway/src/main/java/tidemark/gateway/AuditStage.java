package tidemark.gateway;

/** Where an audit found that numbers differ: between which two counts of a point's way. */
public enum AuditStage {
  /** Points accepted, and points that came to the 10 s tier. */
  ADMIT("admit->roll up"),
  /** Points that came to the 10 s tier, and points in the windows that it closed. */
  ROLL_UP("roll up"),
  /** Points in the windows that the 10 s tier closed, and points in its stored rows. */
  STORE("roll up->store"),
  /** Rows of the 10 s tier, and of the 1 m tier. */
  ONE_MINUTE("10s->1m"),
  /** Rows of the 1 m tier, and of the 1 h tier. */
  ONE_HOUR("1m->1h"),
  /** The chain of epochs. */
  COMMIT("commit");

  private final String label;

  AuditStage(String label) {
    this.label = label;
  }

  /** As people and JSON read it. */
  public String label() {
    return label;
  }
}
