package tidemark.serde.partial;

import java.util.Arrays;
import tidemark.state.MetricNames;
import tidemark.state.MetricType;
import tidemark.state.PartialRow;

/**
 * Reads the rows of a {@link PartialBatch} one after the other into a flyweight. The row's sketch
 * points into the batch's bytes. Not thread-safe.
 */
public final class PartialReader {
  private final MetricNames names;
  // task-wide number and type by the name's number within the batch
  private int[] nameNumbers = new int[64];
  private MetricType[] nameTypes = new MetricType[64];
  private int nameCount;
  // of the brief rows that follow
  private long windowStartMs;

  private byte[] bytes = {};
  private int at;
  private int end;

  public PartialReader(MetricNames names) {
    this.names = names;
  }

  public void open(PartialBatch batch) {
    open(batch.bytes(), batch.length());
  }

  public void open(byte[] bytes, int length) {
    this.bytes = bytes;
    at = 0;
    end = length;
    nameCount = 0;
  }

  /**
   * Fills the row with the next one.
   *
   * @return false at the end, and then the row is as it was
   * @throws IllegalArgumentException if the bytes end within a row
   */
  public boolean next(PartialRow row) {
    try {
      while (at < end && (bytes[at] & (PartialFormat.NAME | PartialFormat.WINDOW)) != 0) {
        readRecord();
      }
      boolean hasRow = at < end;
      if (hasRow) {
        readRow(row);
      }
      if (at < 0 || at > end) {
        throw new IndexOutOfBoundsException(at);
      }
      return hasRow;
    } catch (IndexOutOfBoundsException e) {
      throw endsWithinRow(e);
    }
  }

  private IllegalArgumentException endsWithinRow(IndexOutOfBoundsException cause) {
    return new IllegalArgumentException(
        "a batch of %s bytes ends within a row".formatted(end), cause);
  }

  private void readRow(PartialRow row) {
    int flags = bytes[at];
    int name = (short) PartialFormat.SHORT.get(bytes, at + 1) & 0xFFFF;
    row.name = nameNumbers[name];
    row.type = nameTypes[name];
    row.seriesId = (long) PartialFormat.LONG.get(bytes, at + 3);
    at += 11;
    row.windowStartMs = (flags & PartialFormat.BRIEF) != 0 ? windowStartMs : nextLong();
    if ((flags & PartialFormat.SINGLE) != 0) {
      readSingle(flags, row);
    } else {
      readMany(flags, row);
    }
  }

  private void readSingle(int flags, PartialRow row) {
    double value = nextValue(flags);
    row.count = 1;
    row.sum = value;
    row.low = 0;
    row.noRest();
    row.min = value;
    row.max = value;
    row.last = value;
    if (row.type == MetricType.GAUGE) {
      row.lastTimestampMs = nextLastTimestamp(flags);
    }
  }

  private void readMany(int flags, PartialRow row) {
    row.count = (flags & PartialFormat.BRIEF) != 0 ? nextInt() : nextLong();
    row.sum = nextDouble();
    row.low = (flags & PartialFormat.LOW) != 0 ? nextDouble() : 0;
    if ((flags & PartialFormat.REST) != 0) {
      row.rest = new double[bytes[at++] & 0xFF];
      for (int i = 0; i < row.rest.length; i++) {
        row.rest[i] = nextDouble();
      }
    } else {
      row.noRest();
    }
    if (row.type == MetricType.COUNTER) {
      return;
    }
    row.min = nextValue(flags);
    row.max = nextValue(flags);
    if (row.type == MetricType.GAUGE) {
      row.lastTimestampMs = nextLastTimestamp(flags);
      row.last = nextValue(flags);
    } else {
      row.sketchError = nextDouble();
      row.sketchLength = nextInt();
      row.sketch = bytes;
      row.sketchOffset = at;
      at += row.sketchLength;
    }
  }

  private double nextValue(int flags) {
    return (flags & PartialFormat.CENTI) != 0
        ? PartialFormat.ofHundredths(nextInt())
        : nextDouble();
  }

  private long nextLastTimestamp(int flags) {
    return (flags & PartialFormat.BRIEF) != 0 ? windowStartMs + nextInt() : nextLong();
  }

  private void readRecord() {
    if ((bytes[at] & PartialFormat.NAME) != 0) {
      readName();
    } else {
      at++;
      windowStartMs = nextLong();
    }
  }

  private void readName() {
    MetricType type = MetricType.ofCode(bytes[at + 1]);
    int orgLength = (short) PartialFormat.SHORT.get(bytes, at + 2) & 0xFFFF;
    int orgAt = at + 4;
    int metricLength = (short) PartialFormat.SHORT.get(bytes, orgAt + orgLength) & 0xFFFF;
    int metricAt = orgAt + orgLength + 2;
    if (nameCount == nameNumbers.length) {
      nameNumbers = Arrays.copyOf(nameNumbers, nameCount * 2);
      nameTypes = Arrays.copyOf(nameTypes, nameCount * 2);
    }
    nameNumbers[nameCount] = names.number(type, bytes, orgAt, orgLength, metricAt, metricLength);
    nameTypes[nameCount] = type;
    nameCount++;
    at = metricAt + metricLength;
  }

  private int nextInt() {
    int value = (int) PartialFormat.INT.get(bytes, at);
    at += 4;
    return value;
  }

  private long nextLong() {
    long value = (long) PartialFormat.LONG.get(bytes, at);
    at += 8;
    return value;
  }

  private double nextDouble() {
    double value = (double) PartialFormat.DOUBLE.get(bytes, at);
    at += 8;
    return value;
  }
}
