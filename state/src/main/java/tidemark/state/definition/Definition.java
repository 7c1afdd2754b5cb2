package tidemark.state.definition;

/**
 * One version of what an org has defined under a name. Versions of a name follow each other in
 * event time: each is in force for windows that start at or after its {@link #fromMs} and before
 * that of the next version.
 */
public sealed interface Definition permits AggregationRule, Monitor, Removal {
  /** Whose series it concerns. */
  String org();

  /** Unique within the org and {@link #kind}. */
  String name();

  /** From 1, greater for a later version. */
  int version();

  /** Start of the first window that it concerns, epoch ms. */
  long fromMs();

  Kind kind();

  /** The same version, in force from another time on. */
  Definition withFrom(long newFromMs);

  /** What a name stands for; rules and monitors may share one. */
  enum Kind {
    RULE("rule"),
    MONITOR("monitor");

    private final String label;

    Kind(String label) {
      this.label = label;
    }

    /** The word that stands for it in files and tables. */
    public String label() {
      return label;
    }
  }
}
