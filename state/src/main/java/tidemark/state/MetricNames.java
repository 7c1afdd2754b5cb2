package tidemark.state;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Numbers the (org, metric, type) that a task has seen, so that its tables hold an int instead of
 * text. Numbers are local to one instance.
 *
 * <p>Grows with the distinct metrics seen since the task started; admission bounds them per org.
 * Not thread-safe.
 */
public final class MetricNames {

  /**
   * One numbered metric.
   *
   * @param type how its points aggregate
   * @param org UTF-8, not to be changed
   * @param metric UTF-8, not to be changed
   */
  @SuppressWarnings("ArrayRecordComponent") // shared read-only by the hot path; never compared
  public record Name(MetricType type, byte[] org, byte[] metric) {}

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int GUESS_BITS = 12;

  private final ByteKeyTable table;
  private final List<Name> names = new ArrayList<>();
  private final int[] guesses = new int[1 << GUESS_BITS]; // number + 1, by a few bytes of the name
  private byte[] scratch = new byte[256];

  public MetricNames(long seed) {
    table = new ByteKeyTable(seed);
  }

  /** Number of a metric, given as ranges of one array; a comparison if it was asked for before. */
  public int number(
      MetricType type, byte[] bytes, int orgAt, int orgLength, int metricAt, int metricLength) {
    int place = guessPlace(type, bytes, metricAt, metricLength);
    int guess = guesses[place] - 1;
    if (guess >= 0) {
      Name name = names.get(guess);
      if (name.type == type
          && Arrays.equals(name.org, 0, name.org.length, bytes, orgAt, orgAt + orgLength)
          && Arrays.equals(
              name.metric, 0, name.metric.length, bytes, metricAt, metricAt + metricLength)) {
        return guess;
      }
    }
    int number = find(type, bytes, orgAt, orgLength, metricAt, metricLength);
    guesses[place] = number + 1;
    return number;
  }

  /** From the ends of the name, where names differ: only a hint, so any bytes will do. */
  private static int guessPlace(MetricType type, byte[] bytes, int metricAt, int metricLength) {
    long ends = metricLength * 31L + type.code();
    if (metricLength >= Long.BYTES) {
      ends +=
          (long) LONG.get(bytes, metricAt) * 31
              + (long) LONG.get(bytes, metricAt + metricLength - Long.BYTES);
    } else if (metricLength > 0) {
      ends += bytes[metricAt] * 31L + bytes[metricAt + metricLength - 1];
    }
    return (int) (((ends ^ (ends >>> 32)) * 0x9E3779B97F4A7C15L) >>> (Long.SIZE - GUESS_BITS));
  }

  private int find(
      MetricType type, byte[] bytes, int orgAt, int orgLength, int metricAt, int metricLength) {
    int length = 3 + orgLength + metricLength;
    if (scratch.length < length) {
      scratch = new byte[length * 2];
    }
    scratch[0] = (byte) type.code();
    scratch[1] = (byte) (orgLength >>> 8);
    scratch[2] = (byte) orgLength;
    System.arraycopy(bytes, orgAt, scratch, 3, orgLength);
    System.arraycopy(bytes, metricAt, scratch, 3 + orgLength, metricLength);
    int number = table.findOrAdd(scratch, 0, length);
    if (number == names.size()) {
      byte[] org = new byte[orgLength];
      byte[] metric = new byte[metricLength];
      ByteBuffer.wrap(scratch, 3, length - 3).get(org).get(metric);
      names.add(new Name(type, org, metric));
    }
    return number;
  }

  /** Number of a metric, given as text. */
  public int number(MetricType type, String org, String metric) {
    byte[] orgBytes = org.getBytes(StandardCharsets.UTF_8);
    byte[] metricBytes = metric.getBytes(StandardCharsets.UTF_8);
    byte[] both =
        ByteBuffer.allocate(orgBytes.length + metricBytes.length)
            .put(orgBytes)
            .put(metricBytes)
            .array();
    return number(type, both, 0, orgBytes.length, orgBytes.length, metricBytes.length);
  }

  public Name name(int number) {
    return names.get(number);
  }

  public int size() {
    return names.size();
  }

  public void clear() {
    table.clear();
    names.clear();
    Arrays.fill(guesses, 0);
  }
}
