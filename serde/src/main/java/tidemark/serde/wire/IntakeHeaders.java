package tidemark.serde.wire;

/** Kafka record headers that Tidemark reads. All values are UTF-8 text. */
public final class IntakeHeaders {
  /** Org of an OTLP record; without it the configured default. A native batch names its own org. */
  public static final String ORG = "tidemark-org";

  /**
   * {@link #NATIVE}, {@link #OTLP} or {@link #HEARTBEAT}; in the control topic {@link #DEFINITION}
   * or {@link #HEARTBEAT}. Without it the configured default.
   */
  public static final String FORMAT = "tidemark-format";

  public static final String NATIVE = "native";
  public static final String OTLP = "otlp";

  /**
   * A heartbeat: the value is the epoch millisecond in decimal up to which, exclusive, everything
   * that intake accepted for this partition stands before this record; see {@link Heartbeat}. In
   * the control topic: no definition behind this record counts from an earlier time.
   */
  public static final String HEARTBEAT = "heartbeat";

  /**
   * A version of a rule or a monitor, in the control topic only: the value is the JSON of {@link
   * tidemark.serde.definition.DefinitionCodec}, the key the text of {@link
   * tidemark.serde.definition.DefinitionKey}.
   */
  public static final String DEFINITION = "definition";

  private IntakeHeaders() {}
}
