package tidemark.serde.table;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import com.github.luben.zstd.ZstdDecompressCtx;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;

/**
 * Reads a column of one row group after the other into arrays, as {@link ColumnChunk} writes it.
 * Pages that no row is asked of are not decompressed; runs of equal values cost a fill.
 *
 * <p>Rows are asked for in ascending order. Doubles are given as their bits. Not thread-safe.
 */
public final class ColumnPages {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, LITTLE_ENDIAN);
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, LITTLE_ENDIAN);
  private static final byte[] NO_BYTES = {};

  /** Takes a value of bytes: a part of an array that must not be kept. */
  @FunctionalInterface
  public interface BytesConsumer {
    /**
     * @param index of the row, from 0 for the first that was asked for
     */
    void accept(int index, byte[] bytes, int offset, int length);
  }

  private final PageSource source;
  private final HybridDecoder levels = new HybridDecoder();
  private final HybridDecoder indexes = new HybridDecoder();

  // the column chunk
  private boolean isOptional;
  private int valueBytes; // of a plain value; 0 for bytes
  private byte[] dictionaryPage = NO_BYTES;
  private long[] dictionary = new long[0];
  private byte[][] texts = new byte[0][];
  private long row; // the next to be read

  // the page
  private byte[] page = NO_BYTES;
  private int pageEnd;
  private int rowsLeft;
  private boolean isInDictionary;
  private int plainAt;

  private int[] levelOf = new int[0];
  private int[] indexOf = new int[0];

  /**
   * @param zstd may be shared by columns that one thread reads; closed by its owner
   */
  ColumnPages(ZstdDecompressCtx zstd) {
    source = new PageSource(zstd);
  }

  /** Starts with a column of a row group. */
  void open(StoredColumns file, ColumnChunkMetaData chunk) {
    source.open(
        file.mapped(),
        Math.toIntExact(chunk.getStartingPos()),
        Math.toIntExact(chunk.getStartingPos() + chunk.getTotalSize()),
        chunk.getCodec());
    isOptional =
        chunk.getPrimitiveType().getRepetition()
            == org.apache.parquet.schema.Type.Repetition.OPTIONAL;
    valueBytes =
        switch (chunk.getPrimitiveType().getPrimitiveTypeName()) {
          case INT32 -> Integer.BYTES;
          case INT64, DOUBLE -> Long.BYTES;
          case BINARY -> 0;
          default ->
              throw new IllegalArgumentException("no column of ours: " + chunk.getPrimitiveType());
        };
    row = 0;
    rowsLeft = 0;
  }

  // ---- reading

  /** Leaves out rows up to that one. */
  void seek(long wanted) throws IOException {
    while (row < wanted) {
      if (rowsLeft == 0) {
        PageHead header = nextDataPage();
        int rows = header.values();
        if (row + rows <= wanted) {
          source.skipBody();
          row += rows;
          continue;
        }
        openPage(header);
      }
      int skipped = (int) Math.min(rowsLeft, wanted - row);
      skip(skipped);
      moveOn(skipped);
    }
  }

  /** Reads numbers of the next rows; leaves the target as it is where a row has none. */
  public void read(long[] target, int count) throws IOException {
    for (int done = 0; done < count; ) {
      int part = Math.min(ensurePage(), count - done);
      if (!isOptional) {
        readNumbers(target, done, part);
      } else {
        readOptional(target, done, part);
      }
      moveOn(part);
      done += part;
    }
  }

  /** Reads which of {@link #texts} the next rows have; the column must be required. */
  public void readTexts(int[] target, int count) throws IOException {
    for (int done = 0; done < count; ) {
      int part = Math.min(ensurePage(), count - done);
      if (!isInDictionary) {
        throw new IOException("texts must be in a dictionary");
      }
      indexes.read(target, done, part);
      moveOn(part);
      done += part;
    }
  }

  /** Texts by number, as soon as {@link #readTexts} was called. */
  public byte[][] texts() {
    return texts;
  }

  /** Hands over the bytes of those of the next rows that have some. */
  public void readBytes(int count, BytesConsumer consumer) throws IOException {
    for (int done = 0; done < count; ) {
      int part = Math.min(ensurePage(), count - done);
      int present = readLevels(part);
      if (isInDictionary) {
        readIndexes(present);
      }
      for (int i = 0, value = 0; i < part; i++) {
        if (levelOf[i] == 0) {
          continue;
        }
        if (isInDictionary) {
          byte[] text = texts[indexOf[value++]];
          consumer.accept(done + i, text, 0, text.length);
        } else {
          int length = (int) INTS.get(page, plainAt);
          int start = plainAt + Integer.BYTES;
          requireInPage(start, length);
          consumer.accept(done + i, page, start, length);
          plainAt = start + length;
        }
      }
      moveOn(part);
      done += part;
    }
  }

  private void moveOn(int rows) {
    rowsLeft -= rows;
    row += rows;
  }

  private void readOptional(long[] target, int from, int count) {
    int present = readLevels(count);
    if (present == count) {
      readNumbers(target, from, count);
    } else if (present > 0) {
      long[] values = new long[present];
      readNumbers(values, 0, present);
      for (int i = 0, next = 0; i < count; i++) {
        if (levelOf[i] > 0) {
          target[from + i] = values[next++];
        }
      }
    }
  }

  /** Reads levels of optional rows, 1 where there is a value; returns how many have one. */
  private int readLevels(int count) {
    if (levelOf.length < count) {
      levelOf = new int[count];
    }
    if (!isOptional) {
      Arrays.fill(levelOf, 0, count, 1);
      return count;
    }
    levels.read(levelOf, 0, count);
    int present = 0;
    for (int i = 0; i < count; i++) {
      present += levelOf[i];
    }
    return present;
  }

  private void readNumbers(long[] target, int from, int count) {
    if (isInDictionary) {
      readIndexes(count);
      for (int i = 0; i < count; i++) {
        target[from + i] = dictionary[indexOf[i]];
      }
      return;
    }
    requireInPage(plainAt, count * valueBytes);
    if (valueBytes == Long.BYTES) {
      for (int i = 0; i < count; i++) {
        target[from + i] = (long) LONGS.get(page, plainAt + i * Long.BYTES);
      }
    } else {
      for (int i = 0; i < count; i++) {
        target[from + i] = (int) INTS.get(page, plainAt + i * Integer.BYTES);
      }
    }
    plainAt += count * valueBytes;
  }

  private void readIndexes(int count) {
    if (indexOf.length < count) {
      indexOf = new int[count];
    }
    indexes.read(indexOf, 0, count);
  }

  private void skip(int count) {
    int present = readLevels(count);
    if (isInDictionary) {
      indexes.skip(present);
    } else if (valueBytes > 0) {
      plainAt += present * valueBytes;
    } else {
      for (int i = 0; i < present; i++) {
        int length = (int) INTS.get(page, plainAt);
        requireInPage(plainAt + Integer.BYTES, length);
        plainAt += Integer.BYTES + length;
      }
    }
  }

  private void requireInPage(int from, int length) {
    if (length < 0 || length > pageEnd - from) {
      throw new IllegalArgumentException("a value goes beyond its page");
    }
  }

  // ---- pages

  /** Opens a page unless one is open; returns how many of its rows are left. */
  private int ensurePage() throws IOException {
    while (rowsLeft == 0) {
      openPage(nextDataPage());
    }
    return rowsLeft;
  }

  /** The header of the next data page; a dictionary before it is taken in. */
  private PageHead nextDataPage() throws IOException {
    while (true) {
      PageHead header = source.header();
      switch (header.type()) {
        case PageHead.DATA_PAGE -> {
          return header;
        }
        case PageHead.DICTIONARY_PAGE -> {
          int size = header.values();
          int end = header.sizeBytes();
          dictionaryPage = source.body(dictionaryPage);
          openDictionary(size, end);
        }
        default ->
            throw new IOException("a page must be a data page v1, got type " + header.type());
      }
    }
  }

  private void openDictionary(int size, int end) {
    if (valueBytes == 0) {
      texts = new byte[size][];
      for (int i = 0, at = 0; i < size; i++) {
        int length = (int) INTS.get(dictionaryPage, at);
        at += Integer.BYTES;
        texts[i] = Arrays.copyOfRange(dictionaryPage, at, at + length);
        at += length;
      }
      return;
    }
    if ((long) size * valueBytes > end) {
      throw new IllegalArgumentException("a dictionary is shorter than its values");
    }
    if (dictionary.length < size) {
      dictionary = new long[size];
    }
    for (int i = 0; i < size; i++) {
      dictionary[i] =
          valueBytes == Long.BYTES
              ? (long) LONGS.get(dictionaryPage, i * Long.BYTES)
              : (int) INTS.get(dictionaryPage, i * Integer.BYTES);
    }
  }

  private void openPage(PageHead header) throws IOException {
    page = source.body(page);
    pageEnd = header.sizeBytes();
    rowsLeft = header.values();
    int at = 0;
    if (isOptional) {
      int length = (int) INTS.get(page, 0);
      at = Integer.BYTES + length;
      levels.open(page, Integer.BYTES, at, 1);
    }
    isInDictionary =
        header.encoding() == Encoding.RLE_DICTIONARY.getValue()
            || header.encoding() == Encoding.PLAIN_DICTIONARY.getValue();
    if (isInDictionary) {
      boolean hasValues = at < pageEnd;
      indexes.open(page, hasValues ? at + 1 : at, pageEnd, hasValues ? page[at] : 0);
    } else {
      plainAt = at;
    }
  }
}
