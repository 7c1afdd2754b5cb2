package tidemark.serde.wire;

import java.nio.charset.StandardCharsets;

/**
 * Value of a heartbeat record: an epoch millisecond, as 1 to 19 decimal ASCII digits and nothing
 * else. What it promises is said at {@link IntakeHeaders#HEARTBEAT}.
 */
public final class Heartbeat {
  /** What {@link #parse} returns for bytes that are no heartbeat. */
  public static final long INVALID = -1;

  private static final int MAX_DIGITS = 19;

  private Heartbeat() {}

  /** Epoch milliseconds, at least 0, or {@link #INVALID}; never throws. Null reads as no bytes. */
  public static long parse(byte[] value) {
    if (value == null || value.length == 0 || value.length > MAX_DIGITS) {
      return INVALID;
    }
    long timestampMs = 0;
    for (byte digit : value) {
      if (digit < '0' || digit > '9') {
        return INVALID;
      }
      timestampMs = timestampMs * 10 + (digit - '0');
    }
    // Nineteen nines are less than 2^64: an overflow shows in the sign and nowhere else.
    return timestampMs < 0 ? INVALID : timestampMs;
  }

  /** The record value that says this time, which must not be negative. */
  public static byte[] bytes(long timestampMs) {
    if (timestampMs < 0) {
      throw new IllegalArgumentException(
          "heartbeat time must be at least 0 ms, got " + timestampMs);
    }
    return Long.toString(timestampMs).getBytes(StandardCharsets.US_ASCII);
  }
}
