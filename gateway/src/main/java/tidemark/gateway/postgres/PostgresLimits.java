package tidemark.gateway.postgres;

/**
 * What one connection may hold.
 *
 * @param maxMessageBytes of a message from the client; longer ones are skipped and refused
 * @param maxRowBytes of a row sent to the client
 * @param maxParameters of one statement; the protocol itself ends at 65,535
 * @param maxStatements prepared at once
 * @param maxPortals open at once, cursors included; each may hold an answer open
 */
public record PostgresLimits(
    int maxMessageBytes, int maxRowBytes, int maxParameters, int maxStatements, int maxPortals) {
  /** 16 MB messages, 64 MB rows, 65,535 parameters, 1,000 statements, 64 portals. */
  public static final PostgresLimits DEFAULTS =
      new PostgresLimits(16 << 20, 64 << 20, 65_535, 1_000, 64);

  private static final int LEAST_BYTES = 16 << 10;
  private static final int MOST_BYTES = 1 << 30;

  public PostgresLimits {
    check("maxMessageBytes", maxMessageBytes, LEAST_BYTES, MOST_BYTES);
    check("maxRowBytes", maxRowBytes, LEAST_BYTES, MOST_BYTES);
    check("maxParameters", maxParameters, 0, 65_535);
    check("maxStatements", maxStatements, 1, Integer.MAX_VALUE);
    check("maxPortals", maxPortals, 1, Integer.MAX_VALUE);
  }

  private static void check(String name, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "%s must be %d to %d, got %d".formatted(name, least, most, value));
    }
  }
}
