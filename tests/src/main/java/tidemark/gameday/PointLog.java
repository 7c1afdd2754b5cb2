package tidemark.gameday;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Every point that was sent, with the beat before whose heartbeats it went and its partition: what
 * a recomputation starts from. 25 bytes a point. Not thread-safe.
 */
final class PointLog {
  private static final int FIRST_CAPACITY = 1 << 16;

  private final List<Series> series = new ArrayList<>();
  private int[] seriesOf = new int[FIRST_CAPACITY];
  private long[] timesMs = new long[FIRST_CAPACITY];
  private double[] values = new double[FIRST_CAPACITY];
  private int[] beats = new int[FIRST_CAPACITY];
  private byte[] partitions = new byte[FIRST_CAPACITY];
  private int size;

  /** Number of a series for {@link #add}. */
  int addSeries(Series one) {
    series.add(one);
    return series.size() - 1;
  }

  void add(int seriesNumber, long timestampMs, double value, int beat, int partition) {
    if (size == values.length) {
      seriesOf = Arrays.copyOf(seriesOf, size * 2);
      timesMs = Arrays.copyOf(timesMs, size * 2);
      values = Arrays.copyOf(values, size * 2);
      beats = Arrays.copyOf(beats, size * 2);
      partitions = Arrays.copyOf(partitions, size * 2);
    }
    seriesOf[size] = seriesNumber;
    timesMs[size] = timestampMs;
    values[size] = value;
    beats[size] = beat;
    partitions[size] = (byte) partition;
    size++;
  }

  int size() {
    return size;
  }

  /** All series that were sent, by their number. */
  List<Series> series() {
    return series;
  }

  int seriesOf(int point) {
    return seriesOf[point];
  }

  long timeMs(int point) {
    return timesMs[point];
  }

  double value(int point) {
    return values[point];
  }

  int beat(int point) {
    return beats[point];
  }

  int partition(int point) {
    return partitions[point];
  }
}
