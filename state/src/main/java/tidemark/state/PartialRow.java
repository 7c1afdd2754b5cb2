package tidemark.state;

import java.util.Arrays;

/**
 * One partial aggregate, as it moves between a table, a batch and a file: a flyweight that is
 * filled and read again for every row. What does not apply to its type is left as it was.
 *
 * <p>The exact sum is {@code sum + low + rest}, in canonical form ({@link ExactSum}). Not
 * thread-safe; fields are public because this is the hot path.
 */
public final class PartialRow {
  private static final double[] NO_REST = {};

  private byte[] ownSketch = new byte[128];

  public MetricType type = MetricType.COUNTER;
  public long seriesId;

  /** Number of (org, metric, type) in the {@link MetricNames} at hand. */
  public int name;

  public long windowStartMs;
  public long count;
  public double sum;

  /** 0 when {@code sum} is exact. */
  public double low;

  public double[] rest = NO_REST;
  public double min;
  public double max;
  public double last;
  public long lastTimestampMs;

  /** Relative error that came in with pre-aggregated input; 0 for the sketch's own. */
  public double sketchError;

  public byte[] sketch = {};
  public int sketchOffset;
  public int sketchLength;

  /** Whether nothing is left beyond {@code sum} and {@code low}. */
  public void noRest() {
    rest = NO_REST;
  }

  /** Points the row's sketch to a buffer of its own of at least that many bytes. */
  public byte[] reserveSketch(int length) {
    if (ownSketch.length < length) {
      ownSketch = Arrays.copyOf(ownSketch, Math.max(length, ownSketch.length * 2));
    }
    sketch = ownSketch;
    sketchOffset = 0;
    sketchLength = length;
    return ownSketch;
  }
}
