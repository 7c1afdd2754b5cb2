package tidemark.state;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
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

  private final ByteKeyTable table;
  private final List<Name> names = new ArrayList<>();
  private byte[] scratch = new byte[256];

  public MetricNames(long seed) {
    table = new ByteKeyTable(seed);
  }

  /** Number of a metric, given as ranges of one array. */
  public int number(
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
  }
}
