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

  // of the window record that was written last
  private boolean hasWindow;
  private long windowStartMs;

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
    hasWindow = false;
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
    int flags = flags(row);
    if ((flags & PartialFormat.BRIEF) != 0 && (!hasWindow || windowStartMs != row.windowStartMs)) {
      putWindow(row.windowStartMs);
    }
    byte[] bytes = batch.reserve(PartialFormat.MAX_FIXED + row.rest.length * 8 + sketchLength(row));
    int at = batch.length();
    bytes[at] = (byte) flags;
    PartialFormat.SHORT.set(bytes, at + 1, (short) name);
    PartialFormat.LONG.set(bytes, at + 3, row.seriesId);
    at += 11;
    if ((flags & PartialFormat.BRIEF) == 0) {
      at = putLong(bytes, at, row.windowStartMs);
    }
    at =
        (flags & PartialFormat.SINGLE) != 0
            ? putSingle(bytes, at, flags, row)
            : putMany(bytes, at, flags, row);
    batch.setLength(at);
    rows++;
  }

  private static int flags(PartialRow row) {
    int flags = 0;
    if (row.count == 1 && row.type != MetricType.DISTRIBUTION) {
      flags |= PartialFormat.SINGLE;
    } else {
      flags |= row.low != 0 ? PartialFormat.LOW : 0;
      flags |= row.rest.length > 0 ? PartialFormat.REST : 0;
    }
    if (isBrief(row)) {
      flags |= PartialFormat.BRIEF;
      flags |= isCenti(row, (flags & PartialFormat.SINGLE) != 0) ? PartialFormat.CENTI : 0;
    }
    return flags;
  }

  private static boolean isBrief(PartialRow row) {
    return row.count == (int) row.count
        && (row.type != MetricType.GAUGE || sinceStart(row) == (int) sinceStart(row));
  }

  private static long sinceStart(PartialRow row) {
    return row.lastTimestampMs - row.windowStartMs;
  }

  private static boolean isCenti(PartialRow row, boolean isSingle) {
    if (isSingle) {
      return PartialFormat.isHundredths(row.sum);
    }
    return row.type != MetricType.COUNTER
        && PartialFormat.isHundredths(row.min)
        && PartialFormat.isHundredths(row.max)
        && (row.type != MetricType.GAUGE || PartialFormat.isHundredths(row.last));
  }

  private static int sketchLength(PartialRow row) {
    return row.type == MetricType.DISTRIBUTION ? row.sketchLength : 0;
  }

  private void putWindow(long startMs) {
    byte[] bytes = batch.reserve(PartialFormat.WINDOW_BYTES);
    int at = batch.length();
    bytes[at] = PartialFormat.WINDOW;
    batch.setLength(putLong(bytes, at + 1, startMs));
    hasWindow = true;
    windowStartMs = startMs;
  }

  private static int putSingle(byte[] bytes, int start, int flags, PartialRow row) {
    int at = putValue(bytes, start, flags, row.sum);
    return row.type == MetricType.GAUGE ? putLastTimestamp(bytes, at, flags, row) : at;
  }

  private static int putMany(byte[] bytes, int start, int flags, PartialRow row) {
    int at =
        (flags & PartialFormat.BRIEF) != 0
            ? putInt(bytes, start, (int) row.count)
            : putLong(bytes, start, row.count);
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
    at = putValue(bytes, at, flags, row.min);
    at = putValue(bytes, at, flags, row.max);
    if (row.type == MetricType.GAUGE) {
      at = putLastTimestamp(bytes, at, flags, row);
      return putValue(bytes, at, flags, row.last);
    }
    at = putDouble(bytes, at, row.sketchError);
    at = putInt(bytes, at, row.sketchLength);
    System.arraycopy(row.sketch, row.sketchOffset, bytes, at, row.sketchLength);
    return at + row.sketchLength;
  }

  private static int putValue(byte[] bytes, int at, int flags, double value) {
    return (flags & PartialFormat.CENTI) != 0
        ? putInt(bytes, at, PartialFormat.hundredths(value))
        : putDouble(bytes, at, value);
  }

  private static int putLastTimestamp(byte[] bytes, int at, int flags, PartialRow row) {
    return (flags & PartialFormat.BRIEF) != 0
        ? putInt(bytes, at, (int) sinceStart(row))
        : putLong(bytes, at, row.lastTimestampMs);
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

  private static int putInt(byte[] bytes, int at, int value) {
    PartialFormat.INT.set(bytes, at, value);
    return at + 4;
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
