package tidemark.serde.table;

import java.io.Closeable;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.parquet.ParquetSchemaUtil;
import org.apache.parquet.column.ColumnDescriptor;
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
 * <p>Each column of a row group is gathered from the arrays in one loop and handed to {@link
 * ColumnChunk}, which knows the page format; parquet-java compresses the pages and lays out the
 * file. Its own column writers take a value at a time through five calls, several times the cost.
 *
 * <p>Bounds: a page as {@link ColumnChunk} says; a row group ends at 1,048,576 rows, with the row
 * that makes 128 MB of sketches and sum rests, or with its chunk. Memory: 20 bytes a row and the
 * compressed pages of one row group. Not thread-safe; rows must not change while they are appended.
 */
final class RollupFileWriter implements Closeable {
  static final MessageType MESSAGE = ParquetSchemaUtil.convert(RollupsTable.SCHEMA, "rollups");

  private static final int ROW_GROUP_ROWS = 1 << 20;
  private static final int ROW_GROUP_BYTES = 128 << 20;
  private static final int PADDING_BYTES = 0;

  private static final ParquetProperties PROPERTIES =
      ParquetProperties.builder()
          .withWriterVersion(ParquetProperties.WriterVersion.PARQUET_1_0)
          .build();

  private static final Binary[] TYPE_LABELS =
      Arrays.stream(MetricType.values())
          .map(type -> Binary.fromString(type.label()))
          .toArray(Binary[]::new);

  private final int tierSeconds;
  private final int rowGroupRows;
  private final CodecFactory codecs =
      new CodecFactory(new PlainParquetConfiguration(), PROPERTIES.getPageSizeThreshold());
  private final ParquetOutput target;
  private final ParquetFileWriter out;

  // the chunk at hand
  private RollupColumns rows;
  private int[] order;

  // the row group: rows order[from] to order[to - 1]
  private int from;
  private int to;
  private ColumnChunkPageWriteStore pages;

  // by row of the group, what several of its columns need to know
  private MetricType[] types = new MetricType[0];
  private boolean[] hasBounds = new boolean[0];

  // the column: its values without gaps, and which rows have one
  private final ColumnChunk chunk = new ColumnChunk();
  private long[] values = new long[0];
  private int[] levels = new int[0];

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
  void append(RollupColumns sorted) throws IOException {
    rows = sorted;
    order = sorted.sortedRows();
    to = 0;
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
    from = to;
    to = endOfRowGroup();
    int size = to - from;
    if (values.length < size) {
      values = new long[size];
      levels = new int[size];
      types = new MetricType[size];
      hasBounds = new boolean[size];
    }
    try (ColumnChunkPageWriteStore store =
        new ColumnChunkPageWriteStore(
            compressor,
            MESSAGE,
            PROPERTIES.getAllocator(),
            PROPERTIES.getColumnIndexTruncateLength(),
            PROPERTIES.getPageWriteChecksumEnabled())) {
      pages = store;
      writeKey();
      writeSum();
      writeBounds();
      writeSketch();
      out.startBlock(size);
      store.flushToFileWriter(out);
      out.endBlock();
    }
  }

  private int endOfRowGroup() {
    int limit = (int) Math.min(order.length, (long) from + rowGroupRows);
    int end = from;
    for (int bytes = 0; end < limit && bytes < ROW_GROUP_BYTES; end++) {
      bytes += rows.bytesStart[order[end] + 1] - rows.bytesStart[order[end]];
    }
    return end;
  }

  // ---- columns

  private void writeKey() throws IOException {
    int size = to - from;
    Arrays.fill(values, 0, size, tierSeconds);
    writeRequired(RollupsTable.TIER);
    writeNames();
    for (int i = 0; i < size; i++) {
      values[i] = rows.seriesId[order[from + i]];
    }
    writeRequired(RollupsTable.SERIES_ID);
    for (int i = 0; i < size; i++) {
      values[i] = rows.windowStartMs[order[from + i]] * 1000;
    }
    writeRequired(RollupsTable.WINDOW_START);
  }

  /** Org, metric and type follow from the name, which neighbours in sort order share. */
  private void writeNames() throws IOException {
    int size = to - from;
    Texts orgs = new Texts();
    Texts metrics = new Texts();
    int[] orgOf = new int[size];
    int[] metricOf = new int[size];
    int[] typeOf = levels; // no level is at hand while texts are written
    MetricType type = null;
    for (int i = 0; i < size; i++) {
      int row = order[from + i];
      if (i == 0 || rows.name[row] != rows.name[order[from + i - 1]]) {
        MetricNames.Name name = rows.names.name(rows.name[row]);
        orgOf[i] = orgs.index(name.org());
        metricOf[i] = metrics.index(name.metric());
        type = name.type();
      } else {
        orgOf[i] = orgOf[i - 1];
        metricOf[i] = metricOf[i - 1];
      }
      types[i] = type;
      typeOf[i] = type.ordinal();
      hasBounds[i] = type != MetricType.COUNTER && !isSinglePoint(row);
    }
    begin(RollupsTable.ORG, null);
    chunk.writeTexts(orgOf, orgs.texts(), orgs.size());
    begin(RollupsTable.METRIC, null);
    chunk.writeTexts(metricOf, metrics.texts(), metrics.size());
    begin(RollupsTable.TYPE, null);
    chunk.writeTexts(typeOf, TYPE_LABELS, TYPE_LABELS.length);
  }

  /** A histogram of one sample may know its bounds only: it is none. */
  private boolean isSinglePoint(int row) {
    double sum = rows.sum[row];
    return rows.count[row] == 1 && rows.min[row] == sum && rows.max[row] == sum;
  }

  private void writeSum() throws IOException {
    int size = to - from;
    for (int i = 0; i < size; i++) {
      values[i] = rows.count[order[from + i]];
    }
    writeRequired(RollupsTable.COUNT);
    for (int i = 0; i < size; i++) {
      values[i] = Double.doubleToRawLongBits(rows.sum[order[from + i]]);
    }
    writeRequired(RollupsTable.SUM);
    for (int i = 0; i < size; i++) {
      levels[i] = rows.low[order[from + i]] != 0 ? 1 : 0;
    }
    writeOptional(RollupsTable.SUM_LOW, rows.low);
    writeBytes(RollupsTable.SUM_REST, rows.bytesStart, 0, rows.restEnd);
  }

  private void writeBounds() throws IOException {
    int size = to - from;
    for (int i = 0; i < size; i++) {
      levels[i] = hasBounds[i] ? 1 : 0;
    }
    writeOptional(RollupsTable.MIN, rows.min);
    writeOptional(RollupsTable.MAX, rows.max);
    for (int i = 0; i < size; i++) {
      levels[i] = hasBounds[i] && types[i] == MetricType.GAUGE ? 1 : 0;
    }
    writeOptional(RollupsTable.LAST, rows.last);
    int count = 0;
    for (int i = 0; i < size; i++) {
      levels[i] = types[i] == MetricType.GAUGE ? 1 : 0;
      if (levels[i] > 0) {
        values[count++] = rows.lastMs[order[from + i]];
      }
    }
    begin(RollupsTable.LAST_MS, levels);
    chunk.writeNumbers(values, count);
  }

  private void writeSketch() throws IOException {
    writeBytes(RollupsTable.SKETCH, rows.restEnd, 1, rows.bytesStart);
    for (int i = 0; i < to - from; i++) {
      boolean isPresent =
          types[i] == MetricType.DISTRIBUTION && rows.sketchError[order[from + i]] > 0;
      levels[i] = isPresent ? 1 : 0;
    }
    writeOptional(RollupsTable.SKETCH_ERROR, rows.sketchError);
  }

  /** Writes what rows have of a column where their level says so. */
  private void writeOptional(int fieldId, double[] column) throws IOException {
    int count = 0;
    for (int i = 0; i < to - from; i++) {
      if (levels[i] > 0) {
        values[count++] = Double.doubleToRawLongBits(column[order[from + i]]);
      }
    }
    begin(fieldId, levels);
    chunk.writeNumbers(values, count);
  }

  private void writeRequired(int fieldId) throws IOException {
    begin(fieldId, null);
    chunk.writeNumbers(values, to - from);
  }

  /**
   * Bytes of a row from {@code starts[row]} to {@code ends[row + after]}; none if that is empty.
   */
  private void writeBytes(int fieldId, int[] starts, int after, int[] ends) throws IOException {
    int size = to - from;
    int count = 0;
    for (int i = 0; i < size; i++) {
      int row = order[from + i];
      levels[i] = ends[row + after] > starts[row] ? 1 : 0;
      count += levels[i];
    }
    int[] first = new int[count];
    int[] end = new int[count];
    for (int i = 0, value = 0; i < size; i++) {
      if (levels[i] > 0) {
        first[value] = starts[order[from + i]];
        end[value] = ends[order[from + i] + after];
        value++;
      }
    }
    begin(fieldId, levels);
    chunk.writeBytes(rows.bytes, first, end);
  }

  private void begin(int fieldId, int[] levelsOfRows) {
    ColumnDescriptor column = MESSAGE.getColumns().get(fieldId - 1); // field ids count from 1
    chunk.begin(column, pages.getPageWriter(column), levelsOfRows, to - from);
  }

  /** Texts by number, each once. */
  private static final class Texts {
    private final Map<Binary, Integer> indexes = new LinkedHashMap<>();

    int index(byte[] text) {
      return indexes.computeIfAbsent(Binary.fromConstantByteArray(text), added -> indexes.size());
    }

    int size() {
      return indexes.size();
    }

    Binary[] texts() {
      return indexes.keySet().toArray(Binary[]::new);
    }
  }
}
