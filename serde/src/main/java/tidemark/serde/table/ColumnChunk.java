package tidemark.serde.table;

import java.io.IOException;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.page.PageWriter;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;

/**
 * Encodes one column of a row group after the other into pages of format v1, from arrays: numbers
 * and texts by a dictionary if that is smaller, else plain; bytes plain.
 *
 * <p>Statistics are exact: Iceberg takes its bounds and null counts from them. Bounds: a page has
 * 20,000 rows or, of bytes, ends with the value that makes 1 MB full; a dictionary has 1 MB. Not
 * thread-safe.
 */
final class ColumnChunk {
  static final int PAGE_ROWS = 20_000;
  static final int PAGE_BYTES = 1 << 20;

  private static final int MAX_DICTIONARY_BYTES = 1 << 20;
  // by then a column of values that never repeat has shown itself
  private static final int SAMPLE = 1 << 15;

  private final PageBuffer page = new PageBuffer();
  private final HybridEncoder hybrid = new HybridEncoder();
  private final LongDictionary dictionary = new LongDictionary(MAX_DICTIONARY_BYTES / Long.BYTES);
  private int[] indexes = new int[0];

  // the column at hand
  private PageWriter writer;
  private ColumnDescriptor column;
  private int[] levels; // 1: the row has a value; null: all rows have
  private int rows;

  /**
   * Starts a column.
   *
   * @param levels by row, 1 if it has a value and 0 if not; null if the column is required
   */
  void begin(ColumnDescriptor column, PageWriter writer, int[] levels, int rows) {
    this.column = column;
    this.writer = writer;
    this.levels = levels;
    this.rows = rows;
    if (indexes.length < rows) {
      indexes = new int[rows];
    }
  }

  // ---- numbers

  /**
   * Writes the column's numbers: those of the rows that have one, without gaps. Doubles are given
   * as their bits.
   */
  void writeNumbers(long[] values, int count) throws IOException {
    boolean isInDictionary = index(values, count);
    int bits = bitsFor(dictionary.size());
    for (int from = 0, value = 0; from < rows; from += PAGE_ROWS) {
      int to = Math.min(rows, from + PAGE_ROWS);
      int end = value + present(from, to);
      beginPage(from, to);
      if (isInDictionary) {
        putIndexes(value, end, bits);
      } else if (type() == PrimitiveTypeName.INT32) {
        page.putInts(values, value, end);
      } else {
        page.putLongs(values, value, end);
      }
      Statistics<?> statistics = statistics(to - from - (end - value));
      if (value < end) {
        addBounds(statistics, values, value, end);
      }
      endPage(to - from, statistics, isInDictionary);
      value = end;
    }
    if (isInDictionary) {
      page.clear();
      if (type() == PrimitiveTypeName.INT32) {
        page.putInts(dictionary.values(), 0, dictionary.size());
      } else {
        page.putLongs(dictionary.values(), 0, dictionary.size());
      }
      writeDictionary(dictionary.size());
    }
  }

  /** Finds the numbers' indexes in a dictionary; false if one does not pay. */
  private boolean index(long[] values, int count) {
    dictionary.clear();
    for (int i = 0; i < count; i++) {
      int index =
          i > 0 && values[i] == values[i - 1] ? indexes[i - 1] : dictionary.index(values[i]);
      if (index < 0 || (i == SAMPLE && dictionary.size() > SAMPLE / 4 * 3)) {
        return false;
      }
      indexes[i] = index;
    }
    int valueBits = type() == PrimitiveTypeName.INT32 ? Integer.SIZE : Long.SIZE;
    long encodedBits =
        (long) dictionary.size() * valueBits + (long) count * bitsFor(dictionary.size());
    return count > 0 && encodedBits < (long) count * valueBits;
  }

  private void addBounds(Statistics<?> statistics, long[] values, int from, int to) {
    switch (type()) {
      case DOUBLE -> {
        double min = Double.longBitsToDouble(values[from]);
        double max = min;
        for (int i = from + 1; i < to; i++) {
          double value = Double.longBitsToDouble(values[i]);
          min = Math.min(min, value);
          max = Math.max(max, value);
        }
        statistics.updateStats(min);
        statistics.updateStats(max);
      }
      case INT32, INT64 -> {
        long min = values[from];
        long max = min;
        for (int i = from + 1; i < to; i++) {
          min = Math.min(min, values[i]);
          max = Math.max(max, values[i]);
        }
        if (type() == PrimitiveTypeName.INT32) {
          statistics.updateStats((int) min);
          statistics.updateStats((int) max);
        } else {
          statistics.updateStats(min);
          statistics.updateStats(max);
        }
      }
      default -> throw new IllegalStateException("no column of numbers: " + column);
    }
  }

  // ---- texts

  /**
   * Writes texts of a required column.
   *
   * @param numbers by row, of its text
   * @param texts by number
   */
  void writeTexts(int[] numbers, Binary[] texts, int textCount) throws IOException {
    long dictionaryBytes = 0;
    for (int i = 0; i < textCount; i++) {
      dictionaryBytes += Integer.BYTES + texts[i].length();
    }
    boolean isInDictionary = dictionaryBytes <= MAX_DICTIONARY_BYTES;
    System.arraycopy(numbers, 0, indexes, 0, rows);
    int bits = bitsFor(textCount);
    for (int from = 0, to; from < rows; from = to) {
      to = isInDictionary ? Math.min(rows, from + PAGE_ROWS) : endOfTexts(from, texts);
      beginPage(from, to);
      if (isInDictionary) {
        putIndexes(from, to, bits);
      }
      Statistics<?> statistics = statistics(0);
      for (int row = from; row < to; row++) {
        Binary text = texts[numbers[row]];
        if (!isInDictionary) {
          page.putBytes(text.getBytesUnsafe(), 0, text.length());
        }
        if (row == from || numbers[row] != numbers[row - 1]) {
          statistics.updateStats(text);
        }
      }
      endPage(to - from, statistics, isInDictionary);
    }
    if (isInDictionary) {
      page.clear();
      for (int i = 0; i < textCount; i++) {
        page.putBytes(texts[i].getBytesUnsafe(), 0, texts[i].length());
      }
      writeDictionary(textCount);
    }
  }

  private int endOfTexts(int from, Binary[] texts) {
    int to = from;
    for (int bytes = 0; to < rows && to - from < PAGE_ROWS && bytes < PAGE_BYTES; to++) {
      bytes += texts[indexes[to]].length();
    }
    return to;
  }

  // ---- bytes

  /**
   * Writes byte arrays that are parts of one, of the rows that have one, without gaps.
   *
   * @param starts by value
   * @param ends by value, exclusive
   */
  void writeBytes(byte[] bytes, int[] starts, int[] ends) throws IOException {
    for (int from = 0, to, value = 0; from < rows; from = to) {
      int end = value;
      int size = 0;
      for (to = from; to < rows && to - from < PAGE_ROWS && size < PAGE_BYTES; to++) {
        if (levels[to] > 0) {
          size += ends[end] - starts[end];
          end++;
        }
      }
      beginPage(from, to);
      Statistics<?> statistics = statistics(to - from - (end - value));
      for (; value < end; value++) {
        page.putBytes(bytes, starts[value], ends[value]);
        // "constant": statistics refer to the array, which outlives them unchanged
        statistics.updateStats(
            Binary.fromConstantByteArray(bytes, starts[value], ends[value] - starts[value]));
      }
      endPage(to - from, statistics, false);
    }
  }

  // ---- pages

  private PrimitiveTypeName type() {
    return column.getPrimitiveType().getPrimitiveTypeName();
  }

  private int present(int from, int to) {
    if (levels == null) {
      return to - from;
    }
    int present = 0;
    for (int row = from; row < to; row++) {
      present += levels[row];
    }
    return present;
  }

  private Statistics<?> statistics(int nulls) {
    Statistics<?> statistics = Statistics.createStats(column.getPrimitiveType());
    statistics.incrementNumNulls(nulls);
    return statistics;
  }

  private void beginPage(int from, int to) {
    page.clear();
    if (levels != null) {
      page.reserve(Integer.BYTES);
      page.putInt(0); // the length of what follows, once it is known
      hybrid.encode(levels, from, to, 1, page);
      page.setInt(0, page.length() - Integer.BYTES);
    }
  }

  private void putIndexes(int from, int to, int bits) {
    page.reserve(1);
    page.put(bits);
    hybrid.encode(indexes, from, to, bits, page);
  }

  private void endPage(int rowCount, Statistics<?> statistics, boolean isInDictionary)
      throws IOException {
    writer.writePage(
        page.bytes(),
        rowCount,
        rowCount,
        statistics,
        Encoding.RLE, // no repetition levels: nothing is repeated
        Encoding.RLE,
        isInDictionary ? Encoding.RLE_DICTIONARY : Encoding.PLAIN);
  }

  private void writeDictionary(int size) throws IOException {
    writer.writeDictionaryPage(new DictionaryPage(page.bytes(), size, Encoding.PLAIN));
  }

  /** Bits of an index below {@code size}. */
  private static int bitsFor(int size) {
    return size <= 1 ? 0 : Integer.SIZE - Integer.numberOfLeadingZeros(size - 1);
  }
}
