package tidemark.state;

/**
 * How the points of a series aggregate.
 *
 * <p>The code is part of every wire, state and key format: append only, never renumber.
 */
public enum MetricType {
  /** A delta; windows hold count and exact sum. */
  COUNTER(1, "counter"),
  /** A reading; windows hold count, exact sum, min, max and the last reading. */
  GAUGE(2, "gauge"),
  /** A sample of a distribution; windows hold count, exact sum, min, max and a DDSketch. */
  DISTRIBUTION(3, "distribution");

  private static final MetricType[] BY_CODE = {null, COUNTER, GAUGE, DISTRIBUTION};

  private final int code;
  private final String label;

  MetricType(int code, String label) {
    this.code = code;
    this.label = label;
  }

  /** The number that stands for this type in every binary format, 1 to 3. */
  public int code() {
    return code;
  }

  /** The word that stands for this type in tables and queries. */
  public String label() {
    return label;
  }

  public static boolean isCode(int code) {
    return code >= 1 && code < BY_CODE.length;
  }

  /**
   * The type with this {@link #code}.
   *
   * @throws IllegalArgumentException if no type has it
   */
  public static MetricType ofCode(int code) {
    if (!isCode(code)) {
      throw new IllegalArgumentException("metric type code must be 1 to 3, got " + code);
    }
    return BY_CODE[code];
  }

  /**
   * The type with this {@link #label}.
   *
   * @throws IllegalArgumentException if no type has it
   */
  public static MetricType ofLabel(String label) {
    for (MetricType type : values()) {
      if (type.label.equals(label)) {
        return type;
      }
    }
    throw new IllegalArgumentException(
        "metric type must be counter, gauge or distribution, got " + label);
  }
}
