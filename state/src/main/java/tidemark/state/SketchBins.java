package tidemark.state;

import java.util.Arrays;

/**
 * The bins of one sign of a sketch.
 *
 * <p>At most {@link #MAX_BINS} indexes are kept: those from {@code maxIndex() - 4095} up. Whatever
 * is lower counts in the lowest of them. That rule speaks only of the set of bins added and their
 * highest index, so adding and merging in any order gives the same bins.
 *
 * <p>A bin's count stops at {@link VarCoding#MAX_COUNT}, which keeps addition associative; 2^53
 * values in one bin are not expected.
 *
 * <p>Counts lie in pages of eight neighbouring bins, one cache line each, and a directory says
 * where. Only pages in use exist: bins far apart cost 64 bytes each and two for every page in
 * between, and finding a bin costs two array reads. Not thread-safe.
 */
final class SketchBins {
  static final int MAX_BINS = 4096;

  private static final int PAGE_BITS = 3;
  private static final int PAGE_MASK = (1 << PAGE_BITS) - 1;
  private static final int PLACE_SHIFT = 8;
  private static final int FILLED = 0xFF;
  private static final int[] NO_PAGES = {};
  private static final long[] NO_CELLS = {};

  // For each page: 1 + its place in cells << 8 | a bit for each bin with a count; 0: no such page.
  private int[] directory = NO_PAGES;
  private int firstPage; // number of the page that directory[0] stands for
  private long[] cells = NO_CELLS;
  private int pagesInUse;
  private int minIndex = Integer.MAX_VALUE;
  private int maxIndex = Integer.MIN_VALUE;

  static long saturatedSum(long a, long b) {
    return Math.min(a + b, VarCoding.MAX_COUNT);
  }

  boolean isEmpty() {
    return minIndex > maxIndex;
  }

  /** Lowest index with a count; above {@link #maxIndex} if empty. */
  int minIndex() {
    return minIndex;
  }

  /** Highest index with a count; below {@link #minIndex} if empty. */
  int maxIndex() {
    return maxIndex;
  }

  /** Whether the lowest bin is one that lower ones would be folded into. */
  boolean isFull() {
    return !isEmpty() && maxIndex - minIndex == MAX_BINS - 1;
  }

  /** Indexes that have a count. */
  int size() {
    int size = 0;
    for (int page : directory) {
      size += Integer.bitCount(page & FILLED);
    }
    return size;
  }

  /** Count at an index from {@link #minIndex} to {@link #maxIndex}. */
  long countAt(int index) {
    int page = directory[(index >> PAGE_BITS) - firstPage];
    return page == 0 ? 0 : cells[cell(page, index)];
  }

  /** Lowest index with a count above the given one; {@link Integer#MAX_VALUE} if there is none. */
  int next(int index) {
    int candidate = index + 1;
    while (candidate <= maxIndex) {
      int filled = directory[(candidate >> PAGE_BITS) - firstPage] & FILLED;
      int notBelow = filled >>> (candidate & PAGE_MASK);
      if (notBelow != 0) {
        return candidate + Integer.numberOfTrailingZeros(notBelow);
      }
      candidate = (candidate | PAGE_MASK) + 1;
    }
    return Integer.MAX_VALUE;
  }

  /**
   * Counts values in a bin.
   *
   * @param count 0 to {@link VarCoding#MAX_COUNT}
   */
  void add(int index, long count) {
    if (count == 0) {
      return;
    }
    int target = index < minIndex || index > maxIndex ? extendTo(index) : index;
    int at = (target >> PAGE_BITS) - firstPage;
    int page = directory[at];
    if (page == 0) {
      page = addPage();
    }
    directory[at] = page | 1 << (target & PAGE_MASK);
    int cell = cell(page, target);
    cells[cell] = saturatedSum(cells[cell], count);
  }

  void merge(SketchBins other) {
    int last = other.maxIndex;
    for (int index = other.minIndex; index <= last; index = other.next(index)) {
      add(index, other.countAt(index));
    }
  }

  long total() {
    long total = 0;
    for (int index = minIndex; index <= maxIndex; index = next(index)) {
      total += countAt(index);
      if (total < 0) {
        return Long.MAX_VALUE;
      }
    }
    return total;
  }

  /** Empties the bins and keeps the arrays; costs what was in use. */
  void clear() {
    if (!isEmpty()) {
      int from = (minIndex >> PAGE_BITS) - firstPage;
      int to = (maxIndex >> PAGE_BITS) - firstPage + 1;
      Arrays.fill(directory, from, to, 0);
      Arrays.fill(cells, 0, pagesInUse << PAGE_BITS, 0);
    }
    pagesInUse = 0;
    minIndex = Integer.MAX_VALUE;
    maxIndex = Integer.MIN_VALUE;
  }

  long memoryBytes() {
    return 4L * directory.length + 8L * cells.length;
  }

  private static int cell(int page, int index) {
    return ((page >>> PLACE_SHIFT) - 1) << PAGE_BITS | (index & PAGE_MASK);
  }

  /** Directory entry of a new, empty page. */
  private int addPage() {
    if (pagesInUse << PAGE_BITS == cells.length) {
      int pages = pagesInUse + 1 + pagesInUse / 2;
      cells = Arrays.copyOf(cells, pages << PAGE_BITS);
    }
    pagesInUse++;
    return pagesInUse << PLACE_SHIFT;
  }

  /** Takes an index outside the range into it; returns the index to count in. */
  private int extendTo(int index) {
    int target = index;
    if (isEmpty()) {
      cover(index, index);
      minIndex = index;
      maxIndex = index;
    } else if (index < minIndex) {
      target = Math.max(index, maxIndex - MAX_BINS + 1);
      cover(target, maxIndex);
      minIndex = target;
    } else {
      int floor = index - MAX_BINS + 1;
      if (floor > minIndex) {
        foldBelow(floor);
      }
      cover(minIndex, index);
      maxIndex = index;
    }
    return target;
  }

  /** Lets the directory span a range that includes all bins. */
  private void cover(int lowest, int highest) {
    int from = lowest >> PAGE_BITS;
    int to = highest >> PAGE_BITS;
    if (from >= firstPage && to < firstPage + directory.length) {
      return;
    }
    // Half as much again, on the side that grows: the next value is likely to lie there.
    int slack = directory.length == 0 ? 0 : (to - from + 1) / 2;
    int newFirst = from < firstPage ? from - slack : from;
    int newEnd = (to < firstPage + directory.length ? to : to + slack) + 1;
    int[] grown = new int[newEnd - newFirst];
    if (!isEmpty()) {
      int used = minIndex >> PAGE_BITS;
      int length = (maxIndex >> PAGE_BITS) - used + 1;
      System.arraycopy(directory, used - firstPage, grown, used - newFirst, length);
    }
    directory = grown;
    firstPage = newFirst;
  }

  /** Adds all bins below the floor to the one at the floor, and gives up their pages. */
  private void foldBelow(int floor) {
    SketchBins before = new SketchBins();
    before.directory = directory;
    before.firstPage = firstPage;
    before.cells = cells;
    before.minIndex = minIndex;
    before.maxIndex = maxIndex;
    directory = NO_PAGES;
    cells = NO_CELLS;
    pagesInUse = 0;
    minIndex = Integer.MAX_VALUE;
    maxIndex = Integer.MIN_VALUE;
    cover(floor, Math.max(floor, before.maxIndex));
    for (int index = before.minIndex; index <= before.maxIndex; index = before.next(index)) {
      add(Math.max(index, floor), before.countAt(index));
    }
  }
}
