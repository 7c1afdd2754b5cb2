package tidemark.serde.wire;

/** Kafka record headers that Tidemark reads. All values are UTF-8 text. */
public final class IntakeHeaders {
  /** Org of an OTLP record; without it the configured default. A native batch names its own org. */
  public static final String ORG = "tidemark-org";

  /** {@link #NATIVE}, {@link #OTLP} or {@link #HEARTBEAT}; without it the configured default. */
  public static final String FORMAT = "tidemark-format";

  public static final String NATIVE = "native";
  public static final String OTLP = "otlp";

  /**
   * A heartbeat: the value is the epoch millisecond in decimal up to which, exclusive, everything
   * that intake accepted for this partition stands before this record.
   */
  public static final String HEARTBEAT = "heartbeat";

  private IntakeHeaders() {}
}
