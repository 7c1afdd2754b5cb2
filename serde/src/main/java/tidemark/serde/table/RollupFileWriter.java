package tidemark.serde.table;

import java.io.Closeable;
import java.io.IOException;
import java.util.Map;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.parquet.ParquetSchemaUtil;
import org.apache.parquet.column.ColumnWriteStore;
import org.apache.parquet.column.ColumnWriter;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.compression.CompressionCodecFactory.BytesInputCompressor;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.CodecFactory;
import org.apache.parquet.hadoop.ColumnChunkPageWriteStore;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.MessageType;
import tidemark.state.MetricNames;
import tidemark.state.MetricType;

/**
 * Writes {@link RollupColumns}, once or chunk after chunk, as one Parquet file of {@link
 * RollupsTable}, with nulls where a column would only repeat another.
 *
 * <p>Values go straight from the arrays into the column writers, one column of a strip of rows
 * after the other: each inner loop stays with one encoder, and no record is assembled. That takes
 * half the CPU time of parquet-java's record API, for the same bytes.
 *
 * <p>Bounds, with the defaults: a strip has 2,000 rows or 256 kB of sketches and sum rests; a page
 * ends at the check (every 100 rows) that finds 20,000 rows or 1 MB in it, so it exceeds that by
 * one strip at most; a row group ends at 1,048,576 rows, with the strip that reaches 128 MB, or
 * with its chunk. Memory: one row group and 100 kB. Not thread-safe; rows must not change while
 * they are appended.
 */
final class RollupFileWriter implements Closeable {
  static final MessageType MESSAGE = ParquetSchemaUtil.convert(RollupsTable.SCHEMA, "rollups");
  static final int STRIP_ROWS = 2_000;

  private static final int STRIP_BYTES = 256 << 10;
  private static final int ROW_GROUP_ROWS = 1 << 20;
  private static final int ROW_GROUP_BYTES = 128 << 20;
  private static final int PADDING_BYTES = 0;

  // rows of a strip are ended together: a guess at the next check from their sizes would be wrong
  private static final ParquetProperties PROPERTIES =
      ParquetProperties.builder()
          .withWriterVersion(ParquetProperties.WriterVersion.PARQUET_1_0)
          .estimateRowCountForPageSizeCheck(false)
          .build();

  private static final Binary[] TYPE_LABELS = new Binary[MetricType.values().length];

  static {
    for (MetricType type : MetricType.values()) {
      TYPE_LABELS[type.ordinal()] = Binary.fromString(type.label());
    }
  }

  private final int tierSeconds;
  private final int rowGroupRows;
  private final CodecFactory codecs =
      new CodecFactory(new PlainParquetConfiguration(), PROPERTIES.getPageSizeThreshold());
  private final ParquetOutput target;
  private final ParquetFileWriter out;

  // the chunk at hand
  private RollupColumns rows;
  private int[] order;

  // the strip: rows order[from] to order[to - 1], and what several of its columns need to know
  private int from;
  private int to;
  private final Binary[] orgs = new Binary[STRIP_ROWS];
  private final Binary[] metrics = new Binary[STRIP_ROWS];
  private final MetricType[] types = new MetricType[STRIP_ROWS];
  private final boolean[] hasBounds = new boolean[STRIP_ROWS];

  // neighbours in sort order share their name: one Binary serves them all
  private int name = -1;
  private Binary org;
  private Binary metric;
  private MetricType type;

  /** Opens the file; what is appended is of one tier. */
  RollupFileWriter(int tierSeconds, OutputFile file) throws IOException {
    this(tierSeconds, file, ROW_GROUP_ROWS);
  }

  /**
   * @param rowGroupRows the most rows that a row group may have
   */
  RollupFileWriter(int tierSeconds, OutputFile file, int rowGroupRows) throws IOException {
    this.tierSeconds = tierSeconds;
    this.rowGroupRows = rowGroupRows;
    this.target = new ParquetOutput(file);
    try {
      out =
          new ParquetFileWriter(
              target,
              MESSAGE,
              ParquetFileWriter.Mode.CREATE,
              ROW_GROUP_BYTES,
              PADDING_BYTES,
              null, // no encryption
              PROPERTIES);
      out.start();
    } catch (IOException e) {
      try (Closeable first = target;
          Closeable second = codecs::release) {
        throw e;
      }
    }
  }

  /** Writes all rows, in the order of the table's files, and returns the footer of the file. */
  static ParquetMetadata write(RollupColumns rows, int tierSeconds, OutputFile file)
      throws IOException {
    return write(rows, tierSeconds, file, ROW_GROUP_ROWS);
  }

  static ParquetMetadata write(
      RollupColumns rows, int tierSeconds, OutputFile file, int rowGroupRows) throws IOException {
    try (RollupFileWriter writer = new RollupFileWriter(tierSeconds, file, rowGroupRows)) {
      writer.append(rows);
      return writer.finish();
    }
  }

  /**
   * Writes these rows, in the order of the table's files, as row groups of their own. None of them
   * may come before a row of an earlier chunk.
   */
  void append(RollupColumns chunk) throws IOException {
    rows = chunk;
    order = chunk.sortedRows();
    to = 0;
    name = -1; // numbers are the chunk's own
    BytesInputCompressor compressor = codecs.getCompressor(CompressionCodecName.ZSTD);
    while (to < order.length) {
      writeRowGroup(compressor);
    }
  }

  /** Bytes written so far, without the footer. */
  long length() throws IOException {
    return out.getPos();
  }

  /** Writes the footer and returns it; only {@link #close} may follow. */
  ParquetMetadata finish() throws IOException {
    out.end(Map.of());
    return out.getFooter();
  }

  /** Without {@link #finish} before it, what is left is no Parquet file. */
  @Override
  public void close() throws IOException {
    try (Closeable release = codecs::release;
        Closeable file = target) {
      out.close();
    }
  }

  private void writeRowGroup(BytesInputCompressor compressor) throws IOException {
    int first = to;
    try (ColumnChunkPageWriteStore pages =
            new ColumnChunkPageWriteStore(
                compressor,
                MESSAGE,
                PROPERTIES.getAllocator(),
                PROPERTIES.getColumnIndexTruncateLength(),
                PROPERTIES.getPageWriteChecksumEnabled());
        ColumnWriteStore columns = PROPERTIES.newColumnWriteStore(MESSAGE, pages, pages)) {
      do {
        nextStrip(first + rowGroupRows);
        writeStrip(columns);
        for (int i = from; i < to; i++) {
          columns.endRecord();
        }
      } while (to < order.length
          && to - first < rowGroupRows
          && columns.getBufferedSize() < ROW_GROUP_BYTES);
      out.startBlock(to - first);
      columns.flush();
      pages.flushToFileWriter(out);
      out.endBlock();
    }
  }

  /** Moves on to the rows after {@link #to}, and ends before row {@code limit} of the order. */
  private void nextStrip(int limit) {
    from = to;
    int end = Math.min(Math.min(order.length, limit), from + STRIP_ROWS);
    for (int bytes = 0; to < end && bytes < STRIP_BYTES; to++) {
      int row = order[to];
      useName(rows.name[row]);
      int i = to - from;
      orgs[i] = org;
      metrics[i] = metric;
      types[i] = type;
      hasBounds[i] = type != MetricType.COUNTER && !isSinglePoint(row);
      bytes += rows.bytesStart[row + 1] - rows.bytesStart[row];
    }
  }

  private void useName(int number) {
    if (number == name) {
      return;
    }
    name = number;
    MetricNames.Name text = rows.names.name(number);
    org = Binary.fromConstantByteArray(text.org());
    metric = Binary.fromConstantByteArray(text.metric());
    type = text.type();
  }

  /** A histogram of one sample may know its bounds only: it is none. */
  private boolean isSinglePoint(int row) {
    double sum = rows.sum[row];
    return rows.count[row] == 1 && rows.min[row] == sum && rows.max[row] == sum;
  }

  private void writeStrip(ColumnWriteStore columns) {
    writeKey(columns);
    writeSum(columns);
    writeBounded(column(columns, RollupsTable.MIN), rows.min);
    writeBounded(column(columns, RollupsTable.MAX), rows.max);
    writeLast(column(columns, RollupsTable.LAST));
    writeLastMs(column(columns, RollupsTable.LAST_MS));
    writeSketch(column(columns, RollupsTable.SKETCH));
    writeSketchError(column(columns, RollupsTable.SKETCH_ERROR));
  }

  private static ColumnWriter column(ColumnWriteStore columns, int fieldId) {
    // field ids count the columns from 1
    return columns.getColumnWriter(MESSAGE.getColumns().get(fieldId - 1));
  }

  private void writeKey(ColumnWriteStore columns) {
    ColumnWriter tier = column(columns, RollupsTable.TIER);
    for (int i = from; i < to; i++) {
      tier.write(tierSeconds, 0, 0);
    }
    writeText(column(columns, RollupsTable.ORG), orgs);
    writeText(column(columns, RollupsTable.METRIC), metrics);
    ColumnWriter seriesId = column(columns, RollupsTable.SERIES_ID);
    for (int i = from; i < to; i++) {
      seriesId.write(rows.seriesId[order[i]], 0, 0);
    }
    ColumnWriter windowStart = column(columns, RollupsTable.WINDOW_START);
    for (int i = from; i < to; i++) {
      windowStart.write(rows.windowStartMs[order[i]] * 1000, 0, 0);
    }
    ColumnWriter label = column(columns, RollupsTable.TYPE);
    for (int i = from; i < to; i++) {
      label.write(TYPE_LABELS[types[i - from].ordinal()], 0, 0);
    }
  }

  private void writeText(ColumnWriter out, Binary[] texts) {
    for (int i = from; i < to; i++) {
      out.write(texts[i - from], 0, 0);
    }
  }

  private void writeSum(ColumnWriteStore columns) {
    ColumnWriter count = column(columns, RollupsTable.COUNT);
    for (int i = from; i < to; i++) {
      count.write(rows.count[order[i]], 0, 0);
    }
    ColumnWriter sum = column(columns, RollupsTable.SUM);
    for (int i = from; i < to; i++) {
      sum.write(rows.sum[order[i]], 0, 0);
    }
    ColumnWriter low = column(columns, RollupsTable.SUM_LOW);
    for (int i = from; i < to; i++) {
      writeIf(rows.low[order[i]] != 0, low, rows.low[order[i]]);
    }
    ColumnWriter rest = column(columns, RollupsTable.SUM_REST);
    for (int i = from; i < to; i++) {
      writeBytes(rest, rows.bytesStart[order[i]], rows.restEnd[order[i]]);
    }
  }

  private void writeBounded(ColumnWriter out, double[] values) {
    for (int i = from; i < to; i++) {
      writeIf(hasBounds[i - from], out, values[order[i]]);
    }
  }

  private void writeLast(ColumnWriter out) {
    for (int i = from; i < to; i++) {
      boolean isPresent = hasBounds[i - from] && types[i - from] == MetricType.GAUGE;
      writeIf(isPresent, out, rows.last[order[i]]);
    }
  }

  private void writeLastMs(ColumnWriter out) {
    for (int i = from; i < to; i++) {
      if (types[i - from] == MetricType.GAUGE) {
        out.write(rows.lastMs[order[i]], 0, 1);
      } else {
        out.writeNull(0, 0);
      }
    }
  }

  private void writeSketch(ColumnWriter out) {
    for (int i = from; i < to; i++) {
      writeBytes(out, rows.restEnd[order[i]], rows.bytesStart[order[i] + 1]);
    }
  }

  private void writeSketchError(ColumnWriter out) {
    for (int i = from; i < to; i++) {
      double error = rows.sketchError[order[i]];
      writeIf(types[i - from] == MetricType.DISTRIBUTION && error > 0, out, error);
    }
  }

  private static void writeIf(boolean isPresent, ColumnWriter out, double value) {
    if (isPresent) {
      out.write(value, 0, 1);
    } else {
      out.writeNull(0, 0);
    }
  }

  private void writeBytes(ColumnWriter out, int start, int end) {
    if (end > start) {
      // "constant": dictionary and statistics refer to the array, which outlives them unchanged
      out.write(Binary.fromConstantByteArray(rows.bytes, start, end - start), 0, 1);
    } else {
      out.writeNull(0, 0);
    }
  }
}
