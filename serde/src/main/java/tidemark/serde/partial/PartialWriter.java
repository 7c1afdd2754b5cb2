package tidemark.serde.partial;

import java.util.Arrays;
import tidemark.state.MetricNames;
import tidemark.state.MetricType;
import tidemark.state.PartialRow;

/**
 * Appends rows to a {@link PartialBatch}, in the layout of {@link PartialFormat}. One writer serves
 * one batch at a time; after the batch was reset, call {@link #begin}. Not thread-safe.
 */
public final class PartialWriter {
  private final MetricNames names;
  private final PartialBatch batch;

  // number within the batch by task-wide name number; valid where the stamp is the current one
  private int[] numberInBatch = new int[64];
  private int[] stamps = new int[64];
  private int stamp;
  private int namesInBatch;
  private int rows;

  public PartialWriter(MetricNames names, PartialBatch batch) {
    this.names = names;
    this.batch = batch;
  }

  /** Starts over with an empty batch. */
  public void begin(int keyGroup, int tierSeconds) {
    batch.reset(PartialBatch.Kind.PARTIALS, keyGroup, tierSeconds);
    stamp++;
    namesInBatch = 0;
    rows = 0;
  }

  public PartialBatch batch() {
    return batch;
  }

  public int rows() {
    return rows;
  }

  /** Whether the batch should be sent before another row is written. */
  public boolean isFull(int targetBytes) {
    return batch.length() >= targetBytes || namesInBatch == PartialFormat.MAX_NAMES;
  }

  public void write(PartialRow row) {
    int name = numberInBatch(row.name);
    boolean isSingle = row.count == 1 && row.type != MetricType.DISTRIBUTION;
    boolean hasLow = row.low != 0;
    int flags =
        isSingle
            ? PartialFormat.SINGLE
            : (hasLow ? PartialFormat.LOW : 0) | (row.rest.length > 0 ? PartialFormat.REST : 0);
    byte[] bytes = batch.reserve(PartialFormat.MAX_FIXED + row.rest.length * 8 + sketchLength(row));
    int at = batch.length();
    bytes[at] = (byte) flags;
    PartialFormat.SHORT.set(bytes, at + 1, (short) name);
    PartialFormat.LONG.set(bytes, at + 3, row.seriesId);
    PartialFormat.LONG.set(bytes, at + 11, row.windowStartMs);
    at += 19;
    at = isSingle ? putSingle(bytes, at, row) : putMany(bytes, at, flags, row);
    batch.setLength(at);
    rows++;
  }

  private static int sketchLength(PartialRow row) {
    return row.type == MetricType.DISTRIBUTION ? row.sketchLength : 0;
  }

  private static int putSingle(byte[] bytes, int start, PartialRow row) {
    int at = putDouble(bytes, start, row.sum);
    return row.type == MetricType.GAUGE ? putLong(bytes, at, row.lastTimestampMs) : at;
  }

  private static int putMany(byte[] bytes, int start, int flags, PartialRow row) {
    int at = putLong(bytes, start, row.count);
    at = putDouble(bytes, at, row.sum);
    if ((flags & PartialFormat.LOW) != 0) {
      at = putDouble(bytes, at, row.low);
    }
    if ((flags & PartialFormat.REST) != 0) {
      bytes[at++] = (byte) row.rest.length;
      for (double component : row.rest) {
        at = putDouble(bytes, at, component);
      }
    }
    if (row.type == MetricType.COUNTER) {
      return at;
    }
    at = putDouble(bytes, at, row.min);
    at = putDouble(bytes, at, row.max);
    if (row.type == MetricType.GAUGE) {
      at = putLong(bytes, at, row.lastTimestampMs);
      return putDouble(bytes, at, row.last);
    }
    at = putDouble(bytes, at, row.sketchError);
    PartialFormat.INT.set(bytes, at, row.sketchLength);
    System.arraycopy(row.sketch, row.sketchOffset, bytes, at + 4, row.sketchLength);
    return at + 4 + row.sketchLength;
  }

  private int numberInBatch(int name) {
    if (name >= stamps.length) {
      int capacity = Math.max(name + 1, stamps.length * 2);
      stamps = Arrays.copyOf(stamps, capacity);
      numberInBatch = Arrays.copyOf(numberInBatch, capacity);
    }
    if (stamps[name] != stamp) {
      stamps[name] = stamp;
      numberInBatch[name] = namesInBatch++;
      putName(names.name(name));
    }
    return numberInBatch[name];
  }

  private void putName(MetricNames.Name name) {
    byte[] bytes = batch.reserve(6 + name.org().length + name.metric().length);
    int at = batch.length();
    bytes[at] = (byte) PartialFormat.NAME;
    bytes[at + 1] = (byte) name.type().code();
    at = putText(bytes, at + 2, name.org());
    batch.setLength(putText(bytes, at, name.metric()));
  }

  private static int putText(byte[] bytes, int at, byte[] text) {
    PartialFormat.SHORT.set(bytes, at, (short) text.length);
    System.arraycopy(text, 0, bytes, at + 2, text.length);
    return at + 2 + text.length;
  }

  private static int putLong(byte[] bytes, int at, long value) {
    PartialFormat.LONG.set(bytes, at, value);
    return at + 8;
  }

  private static int putDouble(byte[] bytes, int at, double value) {
    PartialFormat.DOUBLE.set(bytes, at, value);
    return at + 8;
  }
}
