package tidemark.state;

import java.util.Arrays;

/**
 * A sketch that thousands of encoded ones are merged into: the same result as {@link
 * SketchBuffer#mergeEncoded}, to the byte, in a third of the time.
 *
 * <p>Counts lie flat, a cell for each index of a range that grows with what comes, at most {@link
 * SketchBins#MAX_BINS} of each sign; what lies outside goes into a buffer of its own. So it takes 8
 * bytes for each index between the lowest and the highest, filled or not. Not thread-safe.
 */
public final class SketchMerger {
  private final Range positive = new Range(false);
  private final Range negative = new Range(true);
  private final SketchBuffer others = new SketchBuffer();

  /** Neighbouring bins of one sign. */
  final class Range {
    private static final int SLACK = 64;

    private final boolean isNegative;
    private long[] counts = {};
    private int lowest; // index of counts[0]

    Range(boolean isNegative) {
      this.isNegative = isNegative;
    }

    long[] counts() {
      return counts;
    }

    int lowest() {
      return lowest;
    }

    /** Counts values in a bin that is not in the range, which grows if it may. */
    private void addOutside(int index, long count) {
      if (count == 0) {
        return;
      }
      if (counts.length == 0) {
        lowest = index - SLACK;
        counts = new long[2 * SLACK];
      } else {
        int from = Math.min(lowest, index - SLACK);
        int to = Math.max(lowest + counts.length, index + SLACK);
        if (to - from > SketchBins.MAX_BINS) {
          others.addBin(index, count, isNegative);
          return;
        }
        long[] grown = new long[to - from];
        System.arraycopy(counts, 0, grown, lowest - from, counts.length);
        counts = grown;
        lowest = from;
      }
      counts[index - lowest] = count;
    }

    void add(int index, long count) {
      int at = index - lowest;
      if (at < 0 || at >= counts.length) {
        addOutside(index, count);
      } else {
        counts[at] = SketchBins.saturatedSum(counts[at], count);
      }
    }

    private void merge(Range other) {
      for (int i = 0; i < other.counts.length; i++) {
        if (other.counts[i] > 0) {
          add(other.lowest + i, other.counts[i]);
        }
      }
    }

    private void addTo(SketchBuffer sketch) {
      for (int i = 0; i < counts.length; i++) {
        if (counts[i] > 0) {
          sketch.addBin(lowest + i, counts[i], isNegative);
        }
      }
    }

    private void clear() {
      Arrays.fill(counts, 0);
    }
  }

  /**
   * Adds the sketch in these bytes.
   *
   * @throws IllegalArgumentException as {@link SketchBuffer#mergeEncoded}
   */
  public void mergeEncoded(byte[] source, int offset, int length) {
    others.addZeros(SketchCodec.readInto(source, offset, length, positive, negative));
  }

  public void merge(SketchMerger other) {
    positive.merge(other.positive);
    negative.merge(other.negative);
    others.merge(other.others);
  }

  /** All that was merged, as a sketch of its own. */
  public SketchBuffer toSketch() {
    SketchBuffer sketch = new SketchBuffer();
    sketch.merge(others);
    positive.addTo(sketch);
    negative.addTo(sketch);
    return sketch;
  }

  /** Empties it and keeps its arrays. */
  public void clear() {
    positive.clear();
    negative.clear();
    others.clear();
  }
}
