package tidemark.serde.wire;

import java.nio.charset.StandardCharsets;

/**
 * Value of a heartbeat record: an epoch millisecond, as 1 to 19 decimal ASCII digits, and then
 * nothing, or {@code /} and the number of the topic's partitions as far as the writer knew, 1 to
 * 65535 in at most 6 digits. Whoever reads the number can tell that a partition exists which it has
 * not read yet. What the time promises is said at {@link IntakeHeaders#HEARTBEAT}.
 */
public final class Heartbeat {
  /** What {@link #parse} returns for bytes that are no heartbeat. */
  public static final long INVALID = -1;

  /** What {@link #partitions} returns for a heartbeat that does not tell, and for other bytes. */
  public static final int UNKNOWN = 0;

  private static final int MAX_TIME_DIGITS = 19;
  private static final int MAX_PARTITION_DIGITS = 6;
  private static final int MAX_PARTITIONS = 0xFFFF; // what one intake status holds

  private Heartbeat() {}

  /** Epoch milliseconds, at least 0, or {@link #INVALID}; never throws. Null reads as no bytes. */
  public static long parse(byte[] value) {
    return value == null ? INVALID : parse(value, 0, value.length);
  }

  /** The same of a part of an array. */
  public static long parse(byte[] bytes, int start, int length) {
    int end = start + length;
    int timeEnd = timeEnd(bytes, start, end);
    if (timeEnd < end) {
      long partitions = number(bytes, timeEnd + 1, end, MAX_PARTITION_DIGITS);
      if (partitions < 1 || partitions > MAX_PARTITIONS) {
        return INVALID;
      }
    }
    // Nineteen nines are less than 2^64: an overflow shows in the sign and nowhere else.
    long timestampMs = number(bytes, start, timeEnd, MAX_TIME_DIGITS);
    return timestampMs < 0 ? INVALID : timestampMs;
  }

  /** Partitions of the topic, or {@link #UNKNOWN}; never throws. Null reads as no bytes. */
  public static int partitions(byte[] value) {
    return value == null ? UNKNOWN : partitions(value, 0, value.length);
  }

  /** The same of a part of an array. */
  public static int partitions(byte[] bytes, int start, int length) {
    int end = start + length;
    int timeEnd = timeEnd(bytes, start, end);
    if (parse(bytes, start, length) == INVALID || timeEnd == end) {
      return UNKNOWN;
    }
    return (int) number(bytes, timeEnd + 1, end, MAX_PARTITION_DIGITS);
  }

  private static int timeEnd(byte[] bytes, int start, int end) {
    for (int i = start; i < end && i <= start + MAX_TIME_DIGITS; i++) {
      if (bytes[i] == '/') {
        return i;
      }
    }
    return end;
  }

  /** Negative if there are no digits, too many, or anything else among them. */
  private static long number(byte[] value, int start, int end, int maxDigits) {
    if (end - start < 1 || end - start > maxDigits) {
      return INVALID;
    }
    long number = 0;
    for (int i = start; i < end; i++) {
      if (value[i] < '0' || value[i] > '9') {
        return INVALID;
      }
      number = number * 10 + (value[i] - '0');
    }
    return number;
  }

  /** The record value that says this time, which must not be negative. */
  public static byte[] bytes(long timestampMs) {
    requireTime(timestampMs);
    return Long.toString(timestampMs).getBytes(StandardCharsets.US_ASCII);
  }

  /** The record value that says this time, and that the topic has so many partitions, 1 or more. */
  public static byte[] bytes(long timestampMs, int partitions) {
    requireTime(timestampMs);
    if (partitions < 1 || partitions > MAX_PARTITIONS) {
      throw new IllegalArgumentException(
          "partitions of a heartbeat must be 1 to %d, got %d"
              .formatted(MAX_PARTITIONS, partitions));
    }
    return (timestampMs + "/" + partitions).getBytes(StandardCharsets.US_ASCII);
  }

  private static void requireTime(long timestampMs) {
    if (timestampMs < 0) {
      throw new IllegalArgumentException(
          "heartbeat time must be at least 0 ms, got " + timestampMs);
    }
  }
}
