package tidemark.serde.table;

import static java.nio.charset.StandardCharsets.UTF_8;

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
import org.apache.parquet.hadoop.codec.ZstandardCodec;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.MessageType;
import tidemark.state.MetricNames;
import tidemark.state.MetricType;

/**
 * Writes {@link RollupRows}, once or chunk after chunk, as one Parquet file of {@link
 * RollupsTable}, with nulls where a column would only repeat another. A chunk is written at once,
 * or step by step between other work: a step is the order of all its rows or some columns of a row
 * group.
 *
 * <p>The rows of a row group are fetched once, in order, into an array per column; each is then
 * handed to {@link ColumnChunk}, which knows the page format. parquet-java compresses the pages and
 * lays out the file; its own column writers take a value at a time through five calls, several
 * times the cost.
 *
 * <p>Bounds: a page as {@link ColumnChunk} says; a row group ends at 262,144 rows, with the row
 * that makes 128 MB of sketches and sum rests, or with its chunk. Memory: {@link RollupBuffers} and
 * the compressed pages of one row group. Not thread-safe; rows must not change while they are
 * appended.
 */
final class RollupFileWriter implements Closeable {
  static final MessageType MESSAGE = ParquetSchemaUtil.convert(RollupsTable.SCHEMA, "rollups");

  private static final int ROW_GROUP_ROWS = 1 << 18;
  private static final int ROW_GROUP_BYTES = 128 << 20;
  private static final int PADDING_BYTES = 0;

  // levels of zstd: a file of one epoch lives for minutes, a folded one for days
  private static final String FIRST_LEVEL = "1";
  private static final String KEPT_LEVEL = "3";

  private static final ParquetProperties PROPERTIES =
      ParquetProperties.builder()
          .withWriterVersion(ParquetProperties.WriterVersion.PARQUET_1_0)
          .build();

  // Over arrays: a Binary of a String moves the position of its buffer when it is read, and these
  // are read by all tasks of a process at once.
  private static final Binary[] TYPE_LABELS =
      Arrays.stream(MetricType.values())
          .map(type -> Binary.fromConstantByteArray(type.label().getBytes(UTF_8)))
          .toArray(Binary[]::new);

  private final int tierSeconds;
  private final int rowGroupRows;
  private final CodecFactory codecs;
  private final ParquetOutput target;
  private final ParquetFileWriter out;

  /** What the next step writes of the chunk at hand. */
  private enum Step {
    ORDER,
    ROW_GROUP,
    KEY,
    SUM,
    BOUNDS,
    SKETCH,
    NOTHING
  }

  // the chunk at hand
  private Step next = Step.NOTHING;
  private RollupRows rows;
  private int[] order;
  private ColumnChunk chunk;

  // the row group: rows order[from] to order[to - 1]
  private int from;
  private int to;
  private RowGroup group;
  private ColumnChunkPageWriteStore pages; // null between row groups

  /**
   * @param rowGroupRows the most rows that a row group may have
   * @param level of zstd
   */
  private RollupFileWriter(int tierSeconds, OutputFile file, int rowGroupRows, String level)
      throws IOException {
    this.tierSeconds = tierSeconds;
    this.rowGroupRows = rowGroupRows;
    this.codecs =
        new CodecFactory(
            new PlainParquetConfiguration(
                Map.of(ZstandardCodec.PARQUET_COMPRESS_ZSTD_LEVEL, level)),
            PROPERTIES.getPageSizeThreshold());
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

  /** Opens a file for rows of one tier that compaction is to fold soon. */
  static RollupFileWriter toBeFolded(int tierSeconds, OutputFile file) throws IOException {
    return new RollupFileWriter(tierSeconds, file, ROW_GROUP_ROWS, FIRST_LEVEL);
  }

  /** Opens a file for rows of one tier that is to be kept. */
  static RollupFileWriter toBeKept(int tierSeconds, OutputFile file) throws IOException {
    return new RollupFileWriter(tierSeconds, file, ROW_GROUP_ROWS, KEPT_LEVEL);
  }

  /** Writes all rows, in the order of the table's files, and returns the footer of the file. */
  static ParquetMetadata write(RollupRows rows, int tierSeconds, OutputFile file)
      throws IOException {
    return write(rows, tierSeconds, file, ROW_GROUP_ROWS);
  }

  static ParquetMetadata write(RollupRows rows, int tierSeconds, OutputFile file, int rowGroupRows)
      throws IOException {
    try (RollupFileWriter writer =
        new RollupFileWriter(tierSeconds, file, rowGroupRows, FIRST_LEVEL)) {
      writer.append(rows);
      return writer.finish();
    }
  }

  /**
   * Writes these rows, in the order of the table's files, as row groups of their own. None of them
   * may come before a row of an earlier chunk.
   */
  void append(RollupRows sorted) throws IOException {
    begin(sorted);
    while (step()) {}
  }

  /**
   * Begins a chunk that {@link #step} writes; its rows must not change until the last step.
   *
   * @throws IllegalStateException if the last chunk has steps left
   */
  void begin(RollupRows sorted) {
    requireNoStep();
    rows = sorted;
    chunk = sorted.buffers().chunk;
    group = sorted.buffers().rowGroup;
    to = 0;
    next = Step.ORDER;
  }

  /** Writes some of what was begun; returns whether there is more. */
  boolean step() throws IOException {
    switch (next) {
      case ORDER -> {
        order = rows.sortedRows();
        next = afterRowGroup();
      }
      case ROW_GROUP -> {
        beginRowGroup();
        next = Step.KEY;
      }
      case KEY -> {
        writeKey();
        next = Step.SUM;
      }
      case SUM -> {
        writeSum();
        next = Step.BOUNDS;
      }
      case BOUNDS -> {
        writeBounds();
        next = Step.SKETCH;
      }
      case SKETCH -> {
        writeSketch();
        endRowGroup();
        next = afterRowGroup();
      }
      case NOTHING -> {}
    }
    return next != Step.NOTHING;
  }

  private Step afterRowGroup() {
    return to < rows.size() ? Step.ROW_GROUP : Step.NOTHING;
  }

  private void requireNoStep() {
    if (next != Step.NOTHING) {
      throw new IllegalStateException(
          "a chunk of %s rows is not written yet, next is %s: take its steps before another chunk or the footer"
              .formatted(rows.size(), next));
    }
  }

  /** Bytes written so far, without the footer. */
  long length() throws IOException {
    return out.getPos();
  }

  /**
   * Writes the footer and returns it; only {@link #close} may follow.
   *
   * @throws IllegalStateException if the last chunk has steps left
   */
  ParquetMetadata finish() throws IOException {
    requireNoStep();
    out.end(Map.of());
    return out.getFooter();
  }

  /** Without {@link #finish} before it, what is left is no Parquet file. */
  @Override
  public void close() throws IOException {
    try (Closeable release = codecs::release;
        Closeable file = target;
        ColumnChunkPageWriteStore rowGroup = pages) {
      out.close();
    }
  }

  private void beginRowGroup() {
    from = to;
    to = endOfRowGroup();
    group.fetch(rows, order, from, to);
    BytesInputCompressor compressor = codecs.getCompressor(CompressionCodecName.ZSTD);
    pages =
        new ColumnChunkPageWriteStore(
            compressor,
            MESSAGE,
            PROPERTIES.getAllocator(),
            PROPERTIES.getColumnIndexTruncateLength(),
            PROPERTIES.getPageWriteChecksumEnabled());
  }

  private void endRowGroup() throws IOException {
    out.startBlock(to - from);
    pages.flushToFileWriter(out);
    out.endBlock();
    pages.close();
    pages = null;
  }

  private int endOfRowGroup() {
    int limit = (int) Math.min(rows.size(), (long) from + rowGroupRows);
    if (rows.bytesLength() < ROW_GROUP_BYTES) {
      return limit; // looking at each row, all over the memory, costs a tenth of the file
    }
    int end = from;
    for (long bytes = 0; end < limit && bytes < ROW_GROUP_BYTES; end++) {
      long[] block = rows.block(order[end]);
      int at = RollupRows.at(order[end]);
      bytes += block[at + RollupRows.BYTES_END] - RollupRows.high(block[at + RollupRows.BYTES]);
    }
    return end;
  }

  // ---- columns

  private void writeKey() throws IOException {
    Arrays.fill(group.values, 0, to - from, tierSeconds);
    writeRequired(RollupsTable.TIER, group.values);
    writeNames();
    writeRequired(RollupsTable.SERIES_ID, group.seriesId);
    writeRequired(RollupsTable.WINDOW_START, group.windowStart);
  }

  /** Org, metric and type follow from the name, which neighbours in sort order share. */
  private void writeNames() throws IOException {
    int size = to - from;
    Texts orgs = new Texts();
    Texts metrics = new Texts();
    // none of these is needed while texts are written
    int[] orgOf = group.starts;
    int[] metricOf = group.ends;
    int[] typeOf = group.levels;
    MetricType type = null;
    for (int i = 0; i < size; i++) {
      if (i == 0 || group.name[i] != group.name[i - 1]) {
        MetricNames.Name text = rows.names.name(group.name[i]);
        orgOf[i] = orgs.index(text.org());
        metricOf[i] = metrics.index(text.metric());
        type = text.type();
      } else {
        orgOf[i] = orgOf[i - 1];
        metricOf[i] = metricOf[i - 1];
      }
      group.types[i] = type;
      typeOf[i] = type.ordinal();
      group.hasBounds[i] = type != MetricType.COUNTER && !isSinglePoint(i);
    }
    begin(RollupsTable.ORG, null);
    chunk.writeTexts(orgOf, orgs.texts(), orgs.size());
    begin(RollupsTable.METRIC, null);
    chunk.writeTexts(metricOf, metrics.texts(), metrics.size());
    begin(RollupsTable.TYPE, null);
    chunk.writeTexts(typeOf, TYPE_LABELS, TYPE_LABELS.length);
  }

  /**
   * A histogram of one sample may know its bounds only: it is none. Equal doubles have equal bits
   * here, since admission leaves neither NaN nor -0.0.
   */
  private boolean isSinglePoint(int i) {
    return group.count[i] == 1 && group.min[i] == group.sum[i] && group.max[i] == group.sum[i];
  }

  private void writeSum() throws IOException {
    writeRequired(RollupsTable.COUNT, group.count);
    writeRequired(RollupsTable.SUM, group.sum);
    for (int i = 0; i < to - from; i++) {
      group.levels[i] = Double.longBitsToDouble(group.low[i]) != 0 ? 1 : 0;
    }
    writeOptional(RollupsTable.SUM_LOW, group.low);
    writeBytes(RollupsTable.SUM_REST, group.bytesStart, group.restEnd);
  }

  private void writeBounds() throws IOException {
    int size = to - from;
    for (int i = 0; i < size; i++) {
      group.levels[i] = group.hasBounds[i] ? 1 : 0;
    }
    writeOptional(RollupsTable.MIN, group.min);
    writeOptional(RollupsTable.MAX, group.max);
    for (int i = 0; i < size; i++) {
      group.levels[i] = group.hasBounds[i] && group.types[i] == MetricType.GAUGE ? 1 : 0;
    }
    writeOptional(RollupsTable.LAST, group.last);
    for (int i = 0; i < size; i++) {
      group.levels[i] = group.types[i] == MetricType.GAUGE ? 1 : 0;
    }
    writeOptional(RollupsTable.LAST_MS, group.lastMs);
  }

  private void writeSketch() throws IOException {
    writeBytes(RollupsTable.SKETCH, group.restEnd, group.bytesEnd);
    for (int i = 0; i < to - from; i++) {
      boolean isPresent =
          group.types[i] == MetricType.DISTRIBUTION
              && Double.longBitsToDouble(group.sketchError[i]) > 0;
      group.levels[i] = isPresent ? 1 : 0;
    }
    writeOptional(RollupsTable.SKETCH_ERROR, group.sketchError);
  }

  /** Writes what rows have of a column where their level says so. */
  private void writeOptional(int fieldId, long[] column) throws IOException {
    int present = 0;
    for (int i = 0; i < to - from; i++) {
      if (group.levels[i] > 0) {
        group.values[present++] = column[i];
      }
    }
    begin(fieldId, group.levels);
    chunk.writeNumbers(group.values, present);
  }

  private void writeRequired(int fieldId, long[] column) throws IOException {
    begin(fieldId, null);
    chunk.writeNumbers(column, to - from);
  }

  /** Bytes of a row between these places; none if there are no bytes between them. */
  private void writeBytes(int fieldId, int[] starts, int[] ends) throws IOException {
    int size = to - from;
    int present = 0;
    for (int i = 0; i < size; i++) {
      group.levels[i] = ends[i] > starts[i] ? 1 : 0;
      group.starts[present] = starts[i];
      group.ends[present] = ends[i];
      present += group.levels[i];
    }
    begin(fieldId, group.levels);
    chunk.writeBytes(rows.bytes(), group.starts, group.ends);
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
