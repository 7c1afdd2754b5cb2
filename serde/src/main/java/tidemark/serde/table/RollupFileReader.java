package tidemark.serde.table;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.iceberg.io.InputFile;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.ColumnReadStore;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.column.impl.ColumnReadStoreImpl;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.PrimitiveConverter;
import tidemark.state.MetricNames;
import tidemark.state.MetricType;
import tidemark.state.PartialRow;

/**
 * Reads one Parquet file of {@link RollupsTable} row after row, in the order of the file, and puts
 * back what {@link RollupFileWriter} left out.
 *
 * <p>Values are decoded column by column, a strip of rows at a time, into arrays. Memory: one row
 * group as it lies in the file, a page of each column, and 120 kB. Not thread-safe.
 */
public final class RollupFileReader implements Closeable {
  private static final int STRIP_ROWS = 1_000;

  private final MetricNames names;
  private final ParquetFileReader in;
  private final String createdBy;

  // the row group
  private PageReadStore pages; // null before the first
  private ColumnReader[] columns;
  private long rowsLeft;

  // the strip: rows from next to size - 1 are still to come
  private int next;
  private int size;
  private final int[] name = new int[STRIP_ROWS];
  private final long[] seriesId = new long[STRIP_ROWS];
  private final long[] windowStartMs = new long[STRIP_ROWS];
  private final long[] count = new long[STRIP_ROWS];
  private final double[] sum = new double[STRIP_ROWS];
  private final double[] low = new double[STRIP_ROWS];
  private final Binary[] rest = new Binary[STRIP_ROWS];
  private final double[] min = new double[STRIP_ROWS];
  private final double[] max = new double[STRIP_ROWS];
  private final double[] last = new double[STRIP_ROWS];
  private final int[] lastMs = new int[STRIP_ROWS];
  private final Binary[] sketch = new Binary[STRIP_ROWS];
  private final double[] sketchError = new double[STRIP_ROWS];
  private final Binary[] orgs = new Binary[STRIP_ROWS];
  private final Binary[] metrics = new Binary[STRIP_ROWS];
  private final Binary[] labels = new Binary[STRIP_ROWS];

  /**
   * Opens a file.
   *
   * @param names numbers the metrics of the rows; may be shared by readers of one thread
   */
  public RollupFileReader(InputFile file, MetricNames names) throws IOException {
    this.names = names;
    in =
        ParquetFileReader.open(
            new ParquetInput(file),
            ParquetReadOptions.builder(new PlainParquetConfiguration()).build());
    in.setRequestedSchema(RollupFileWriter.MESSAGE);
    createdBy = in.getFileMetaData().getCreatedBy();
  }

  /** Fills the row with the next one; false at the end. Its sketch is shared: read it only. */
  public boolean next(PartialRow row) throws IOException {
    if (next == size && !readStrip()) {
      return false;
    }
    int i = next++;
    row.name = name[i];
    row.type = names.name(row.name).type();
    row.seriesId = seriesId[i];
    row.windowStartMs = windowStartMs[i];
    row.count = count[i];
    row.sum = sum[i];
    row.low = low[i];
    readRest(i, row);
    row.min = min[i];
    row.max = max[i];
    row.last = last[i];
    row.lastTimestampMs = windowStartMs[i] + lastMs[i];
    row.sketchError = sketchError[i];
    if (row.type == MetricType.DISTRIBUTION) {
      row.sketch = sketch[i].getBytesUnsafe();
      row.sketchOffset = 0;
      row.sketchLength = row.sketch.length;
    }
    return true;
  }

  private void readRest(int i, PartialRow row) {
    if (rest[i] == null) {
      row.noRest();
      return;
    }
    ByteBuffer bytes = rest[i].toByteBuffer();
    row.rest = new double[bytes.remaining() / Double.BYTES];
    for (int k = 0; k < row.rest.length; k++) {
      row.rest[k] = bytes.getDouble(bytes.position() + k * Double.BYTES);
    }
  }

  /** Decodes the next rows; false at the end of the file. */
  private boolean readStrip() throws IOException {
    while (rowsLeft == 0) {
      if (!openRowGroup()) {
        return false;
      }
    }
    next = 0;
    size = (int) Math.min(STRIP_ROWS, rowsLeft);
    rowsLeft -= size;
    readNames();
    readLongs(RollupsTable.SERIES_ID, seriesId);
    readLongs(RollupsTable.WINDOW_START, windowStartMs);
    for (int i = 0; i < size; i++) {
      windowStartMs[i] = Math.floorDiv(windowStartMs[i], 1000L);
    }
    readLongs(RollupsTable.COUNT, count);
    ColumnReader sums = column(RollupsTable.SUM);
    for (int i = 0; i < size; i++) {
      sum[i] = sums.getDouble();
      sums.consume();
      low[i] = 0;
      min[i] = sum[i];
      max[i] = sum[i];
      last[i] = sum[i];
      lastMs[i] = 0;
      sketchError[i] = 0;
    }
    readDoublesIfPresent(RollupsTable.SUM_LOW, low);
    readBytesIfPresent(RollupsTable.SUM_REST, rest);
    readDoublesIfPresent(RollupsTable.MIN, min);
    readDoublesIfPresent(RollupsTable.MAX, max);
    readDoublesIfPresent(RollupsTable.LAST, last);
    ColumnReader lastColumn = column(RollupsTable.LAST_MS);
    for (int i = 0; i < size; i++) {
      if (lastColumn.getCurrentDefinitionLevel() == 1) {
        lastMs[i] = lastColumn.getInteger();
      }
      lastColumn.consume();
    }
    readBytesIfPresent(RollupsTable.SKETCH, sketch);
    readDoublesIfPresent(RollupsTable.SKETCH_ERROR, sketchError);
    return true;
  }

  private boolean openRowGroup() throws IOException {
    closePages();
    pages = in.readNextRowGroup();
    if (pages == null) {
      return false;
    }
    ColumnReadStore store =
        new ColumnReadStoreImpl(pages, NoConverter.GROUP, RollupFileWriter.MESSAGE, createdBy);
    columns =
        RollupFileWriter.MESSAGE.getColumns().stream()
            .map(store::getColumnReader)
            .toArray(ColumnReader[]::new);
    rowsLeft = pages.getRowCount();
    return true;
  }

  private ColumnReader column(int fieldId) {
    return columns[fieldId - 1]; // field ids count the columns from 1
  }

  private void readNames() {
    readBytes(RollupsTable.ORG, orgs);
    readBytes(RollupsTable.METRIC, metrics);
    readBytes(RollupsTable.TYPE, labels);
    for (int i = 0; i < size; i++) {
      // neighbours share their name
      name[i] =
          i > 0 && isSame(orgs, i) && isSame(metrics, i) && isSame(labels, i)
              ? name[i - 1]
              : numberOf(i);
    }
  }

  private static boolean isSame(Binary[] texts, int i) {
    return texts[i].equals(texts[i - 1]);
  }

  private int numberOf(int i) {
    byte[] org = orgs[i].getBytesUnsafe();
    byte[] metric = metrics[i].getBytesUnsafe();
    byte[] both = ByteBuffer.allocate(org.length + metric.length).put(org).put(metric).array();
    MetricType type = MetricType.ofLabel(labels[i].toStringUsingUTF8());
    return names.number(type, both, 0, org.length, org.length, metric.length);
  }

  private void readLongs(int fieldId, long[] values) {
    ColumnReader column = column(fieldId);
    for (int i = 0; i < size; i++) {
      values[i] = column.getLong();
      column.consume();
    }
  }

  private void readDoublesIfPresent(int fieldId, double[] values) {
    ColumnReader column = column(fieldId);
    for (int i = 0; i < size; i++) {
      if (column.getCurrentDefinitionLevel() == 1) {
        values[i] = column.getDouble();
      }
      column.consume();
    }
  }

  private void readBytes(int fieldId, Binary[] values) {
    ColumnReader column = column(fieldId);
    for (int i = 0; i < size; i++) {
      values[i] = column.getBinary();
      column.consume();
    }
  }

  private void readBytesIfPresent(int fieldId, Binary[] values) {
    ColumnReader column = column(fieldId);
    for (int i = 0; i < size; i++) {
      values[i] = column.getCurrentDefinitionLevel() == 1 ? column.getBinary() : null;
      column.consume();
    }
  }

  private void closePages() {
    if (pages != null) {
      pages.close();
      pages = null;
    }
  }

  @Override
  public void close() throws IOException {
    closePages();
    in.close();
  }

  /** Column readers want converters, and are asked for their values directly here. */
  private static final class NoConverter extends PrimitiveConverter {
    static final GroupConverter GROUP =
        new GroupConverter() {
          @Override
          public Converter getConverter(int fieldIndex) {
            return new NoConverter();
          }

          @Override
          public void start() {}

          @Override
          public void end() {}
        };
  }
}
