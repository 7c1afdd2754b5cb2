package tidemark.serde.table;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.internal.column.columnindex.ColumnIndex;
import org.apache.parquet.internal.column.columnindex.OffsetIndex;

/** Which series the pages of a row group may have, from the file's page index. Thread-safe. */
final class SeriesPages {
  private final long[] firstRow; // of each page, and the number of rows at the end
  private final long[] min;
  private final long[] max;

  private SeriesPages(int pages) {
    firstRow = new long[pages + 1];
    min = new long[pages];
    max = new long[pages];
  }

  /** Reads the index of one row group; without one, all of it is one page of any series. */
  static SeriesPages read(ParquetFileReader reader, BlockMetaData block) throws IOException {
    ColumnChunkMetaData chunk = block.getColumns().get(RollupsTable.SERIES_ID - 1);
    ColumnIndex bounds = reader.readColumnIndex(chunk);
    OffsetIndex places = reader.readOffsetIndex(chunk);
    boolean isIndexed = bounds != null && places != null;
    SeriesPages pages = new SeriesPages(isIndexed ? places.getPageCount() : 1);
    for (int page = 0; page < pages.min.length; page++) {
      pages.firstRow[page] = isIndexed ? places.getFirstRowIndex(page) : 0;
      pages.min[page] = isIndexed ? number(bounds.getMinValues().get(page)) : Long.MIN_VALUE;
      pages.max[page] = isIndexed ? number(bounds.getMaxValues().get(page)) : Long.MAX_VALUE;
    }
    pages.firstRow[pages.min.length] = block.getRowCount();
    return pages;
  }

  private static long number(ByteBuffer value) {
    return value.duplicate().order(ByteOrder.LITTLE_ENDIAN).getLong();
  }

  /** Rows that may be of these series, ascending, as {@link StoredColumns#rowsOf}. */
  long[] rowsOf(long[] sortedIds) {
    long[] ranges = new long[2 * min.length];
    int size = 0;
    for (int page = 0; page < min.length; page++) {
      int at = Arrays.binarySearch(sortedIds, min[page]);
      int first = at < 0 ? -at - 1 : at;
      if (first == sortedIds.length || sortedIds[first] > max[page]) {
        continue;
      }
      if (size > 0 && ranges[size - 1] == firstRow[page]) {
        ranges[size - 1] = firstRow[page + 1];
      } else {
        ranges[size++] = firstRow[page];
        ranges[size++] = firstRow[page + 1];
      }
    }
    return Arrays.copyOf(ranges, size);
  }
}
