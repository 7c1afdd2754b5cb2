package tidemark.state;

import java.util.Arrays;

/**
 * The bins of one sign of a sketch: a dense array of counts that grows with the range it covers.
 *
 * <p>At most {@link #MAX_BINS} indexes are kept: those from {@code maxIndex() - 4095} up. Whatever
 * is lower counts in the lowest of them. That rule speaks only of the set of bins added and their
 * highest index, so adding and merging in any order gives the same bins.
 *
 * <p>A bin's count stops at {@link VarCoding#MAX_COUNT}, which keeps addition associative; 2^53
 * values in one bin are not expected. Memory: 8 bytes for each index between the lowest and the
 * highest bin, and a quarter more. Not thread-safe.
 */
final class SketchBins {
  static final int MAX_BINS = 4096;

  private static final long[] NONE = {};
  private static final int ALIGNMENT = 16;

  // Cells outside minIndex..maxIndex are zero; those two bins are not.
  private long[] counts = NONE;
  private int firstIndex; // of counts[0]
  private int minIndex = Integer.MAX_VALUE;
  private int maxIndex = Integer.MIN_VALUE;

  static long saturatedSum(long a, long b) {
    return Math.min(a + b, VarCoding.MAX_COUNT);
  }

  boolean isEmpty() {
    return minIndex > maxIndex;
  }

  /** Lowest index with a count; meaningless if empty. */
  int minIndex() {
    return minIndex;
  }

  /** Highest index with a count; meaningless if empty. */
  int maxIndex() {
    return maxIndex;
  }

  /** Whether the lowest bin is one that lower ones would be folded into. */
  boolean isFull() {
    return !isEmpty() && maxIndex - minIndex == MAX_BINS - 1;
  }

  /** Count at an index from {@link #minIndex} to {@link #maxIndex}. */
  long countAt(int index) {
    return counts[index - firstIndex];
  }

  /**
   * @param count 0 to {@link VarCoding#MAX_COUNT}
   */
  void add(int index, long count) {
    int target = index;
    if (index < minIndex || index > maxIndex) {
      if (count == 0) {
        return;
      }
      target = extendTo(index);
    }
    int cell = target - firstIndex;
    counts[cell] = saturatedSum(counts[cell], count);
  }

  void merge(SketchBins other) {
    if (other.isEmpty()) {
      return;
    }
    reserve(other.minIndex, other.maxIndex);
    // From the top, so that what will be folded is known from the start.
    for (int index = other.maxIndex; index >= other.minIndex; index--) {
      add(index, other.countAt(index));
    }
  }

  /** Makes room for a range once, where bins would otherwise come one by one. */
  void reserve(int lowest, int highest) {
    int top = Math.max(highest, maxIndex);
    int bottom = Math.max(Math.min(lowest, minIndex), top - MAX_BINS + 1);
    if (isEmpty() || bottom <= minIndex) {
      cover(bottom, top);
    }
  }

  long total() {
    long total = 0;
    for (int index = minIndex; index <= maxIndex; index++) {
      total += countAt(index);
      if (total < 0) {
        return Long.MAX_VALUE;
      }
    }
    return total;
  }

  /** Empties the bins and keeps the array; costs the range that was in use. */
  void clear() {
    if (!isEmpty()) {
      Arrays.fill(counts, minIndex - firstIndex, maxIndex - firstIndex + 1, 0);
    }
    minIndex = Integer.MAX_VALUE;
    maxIndex = Integer.MIN_VALUE;
  }

  /** Makes an index a valid one; returns the index to count in. */
  private int extendTo(int index) {
    if (isEmpty()) {
      cover(index, index);
      minIndex = index;
      maxIndex = index;
      return index;
    }
    if (index < minIndex) {
      int lowest = Math.max(index, maxIndex - MAX_BINS + 1);
      cover(lowest, maxIndex);
      minIndex = lowest;
      return lowest;
    }
    int floor = index - MAX_BINS + 1;
    if (floor > minIndex) {
      foldBelow(floor);
    }
    cover(minIndex, index);
    maxIndex = index;
    return index;
  }

  private void foldBelow(int floor) {
    long folded = 0;
    for (int index = minIndex; index < floor && index <= maxIndex; index++) {
      int cell = index - firstIndex;
      folded = saturatedSum(folded, counts[cell]);
      counts[cell] = 0;
    }
    if (floor > maxIndex) {
      minIndex = Integer.MAX_VALUE;
      maxIndex = Integer.MIN_VALUE;
      cover(floor, floor);
      maxIndex = floor;
    }
    minIndex = floor;
    int cell = floor - firstIndex;
    counts[cell] = saturatedSum(counts[cell], folded);
  }

  /** Lets the array span a range that includes all bins and at most {@link #MAX_BINS} indexes. */
  private void cover(int lowest, int highest) {
    if (lowest >= firstIndex && highest - firstIndex < counts.length) {
      return;
    }
    int span = highest - lowest + 1;
    long[] target = counts;
    if (span > counts.length) {
      int spacious = (span + span / 4 + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
      target = new long[Math.min(spacious, MAX_BINS)];
    }
    int targetFirst = lowest - (target.length - span) / 2;
    if (!isEmpty()) {
      int used = maxIndex - minIndex + 1;
      int cell = minIndex - targetFirst;
      System.arraycopy(counts, minIndex - firstIndex, target, cell, used);
      if (target == counts) {
        Arrays.fill(target, 0, cell, 0);
        Arrays.fill(target, cell + used, target.length, 0);
      }
    }
    counts = target;
    firstIndex = targetFirst;
  }
}
