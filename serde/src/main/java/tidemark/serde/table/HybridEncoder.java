package tidemark.serde.table;

import java.util.Arrays;
import org.apache.parquet.column.values.bitpacking.BytePacker;
import org.apache.parquet.column.values.bitpacking.Packer;

/**
 * Parquet's <a
 * href="https://parquet.apache.org/docs/file-format/data-pages/encodings/#RLE">RLE/bit-packing
 * hybrid</a> over arrays: runs of equal numbers become one, other numbers are packed in groups of
 * eight.
 *
 * <p>parquet-java's own encoder takes number after number and costs about 4 ns for each; most of
 * ours stand in long runs. Not thread-safe.
 */
final class HybridEncoder {
  private static final int GROUP = 8;
  private static final int MAX_HEADER_BYTES = 5;

  private final int[] lastGroup = new int[GROUP];

  /**
   * Appends {@code numbers[from]} to {@code numbers[to - 1]}, of which each has at most so many
   * bits.
   */
  void encode(int[] numbers, int from, int to, int bits, PageBuffer out) {
    BytePacker packer = Packer.LITTLE_ENDIAN.newBytePacker(bits);
    int at = from;
    while (at < to) {
      int run = runLength(numbers, at, to);
      if (run >= GROUP || at + run == to) {
        out.reserve(MAX_HEADER_BYTES + Integer.BYTES);
        out.putVarint(run << 1);
        out.putLittleEndian(numbers[at], (bits + 7) / 8);
        at += run;
      } else {
        int end = endOfGroups(numbers, at + GROUP, to);
        pack(numbers, at, end, to, packer, out);
        at = Math.min(end, to);
      }
    }
  }

  private static int runLength(int[] numbers, int from, int to) {
    int end = from + 1;
    while (end < to && numbers[end] == numbers[from]) {
      end++;
    }
    return end - from;
  }

  /** Groups are packed until one begins a run. */
  private static int endOfGroups(int[] numbers, int from, int to) {
    int at = from;
    while (at < to && !isRun(numbers, at, to)) {
      at += GROUP;
    }
    return at;
  }

  private static boolean isRun(int[] numbers, int from, int to) {
    int end = Math.min(to, from + GROUP);
    for (int i = from + 1; i < end; i++) {
      if (numbers[i] != numbers[from]) {
        return false;
      }
    }
    return true;
  }

  /** Whole groups from {@code from} to {@code end}, of which the last may reach beyond the data. */
  private void pack(int[] numbers, int from, int end, int to, BytePacker packer, PageBuffer out) {
    int groups = (end - from) / GROUP;
    int groupBytes = packer.getBitWidth(); // of eight numbers
    byte[] bytes = out.reserve(MAX_HEADER_BYTES + groups * groupBytes);
    out.putVarint((groups << 1) | 1);
    int position = out.length();
    int at = from;
    for (; at + GROUP <= to && at < end; at += GROUP) {
      packer.pack8Values(numbers, at, bytes, position);
      position += groupBytes;
    }
    if (at < end) {
      Arrays.fill(lastGroup, 0);
      System.arraycopy(numbers, at, lastGroup, 0, to - at);
      packer.pack8Values(lastGroup, 0, bytes, position);
      position += groupBytes;
    }
    out.setLength(position);
  }
}
