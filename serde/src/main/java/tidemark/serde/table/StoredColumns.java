package tidemark.serde.table;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.schema.PrimitiveType;

/**
 * A file of {@link RollupsTable} on this machine, mapped into memory, and what its footer says of
 * its columns. For readers that want a few columns or rows, by {@link RowGroupColumns}.
 *
 * <p>Thread-safe. Costs address space, and some 10 kB of heap a row group; the mapping ends when
 * nothing refers to it any more. The file may be deleted meanwhile, but not changed.
 */
public final class StoredColumns {
  private static final Set<CompressionCodecName> CODECS =
      Set.of(CompressionCodecName.ZSTD, CompressionCodecName.UNCOMPRESSED);

  /** By name: some say the same as others that took their place. */
  private static final Set<String> ENCODINGS =
      Set.of("PLAIN", "RLE", "BIT_PACKED", "RLE_DICTIONARY", "PLAIN_DICTIONARY");

  /** Columns whose bounds are needed. */
  private static final Set<Integer> KEYS =
      Set.of(
          RollupsTable.ORG, RollupsTable.METRIC, RollupsTable.SERIES_ID, RollupsTable.WINDOW_START);

  private static final Set<Integer> TEXTS =
      Set.of(RollupsTable.ORG, RollupsTable.METRIC, RollupsTable.TYPE);

  private final Path path;
  private final ByteBuffer mapped;
  private final List<BlockMetaData> blocks;
  private final List<SeriesPages> seriesPages; // by row group
  private final Map<Integer, KeyBounds> bounds = new HashMap<>(); // by field id

  private StoredColumns(
      Path path, ByteBuffer mapped, List<BlockMetaData> blocks, List<SeriesPages> seriesPages) {
    this.path = path;
    this.mapped = mapped;
    this.blocks = blocks;
    this.seriesPages = seriesPages;
    KEYS.forEach(fieldId -> bounds.put(fieldId, new KeyBounds(blocks, fieldId)));
  }

  /**
   * Opens a file; empty if it is laid out otherwise than {@link TableFileWriter} does it, so that
   * another reader must be taken.
   */
  public static Optional<StoredColumns> open(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
        ParquetFileReader reader =
            ParquetFileReader.open(
                new LocalInputFile(path),
                ParquetReadOptions.builder(new PlainParquetConfiguration()).build())) {
      List<BlockMetaData> blocks = reader.getFooter().getBlocks();
      if (channel.size() > Integer.MAX_VALUE
          || !blocks.stream().allMatch(StoredColumns::isReadable)) {
        return Optional.empty();
      }
      ByteBuffer mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
      List<SeriesPages> seriesPages = new ArrayList<>(blocks.size());
      for (BlockMetaData block : blocks) {
        seriesPages.add(SeriesPages.read(reader, block));
      }
      return Optional.of(new StoredColumns(path, mapped, blocks, seriesPages));
    }
  }

  private static boolean isReadable(BlockMetaData block) {
    List<ColumnChunkMetaData> chunks = block.getColumns();
    if (chunks.size() != RollupFileWriter.MESSAGE.getFieldCount()) {
      return false;
    }
    for (int i = 0; i < chunks.size(); i++) {
      ColumnChunkMetaData chunk = chunks.get(i);
      PrimitiveType wanted = RollupFileWriter.MESSAGE.getType(i).asPrimitiveType();
      boolean isOurs =
          chunk.getPath().toDotString().equals(wanted.getName())
              && chunk.getPrimitiveType().getPrimitiveTypeName() == wanted.getPrimitiveTypeName()
              && chunk.getPrimitiveType().getRepetition() == wanted.getRepetition()
              && CODECS.contains(chunk.getCodec())
              && chunk.getEncodings().stream().map(Encoding::name).allMatch(ENCODINGS::contains)
              && !chunk.isEncrypted()
              && chunk.getEncodingStats() != null
              && !chunk.getEncodingStats().usesV2Pages()
              && (!KEYS.contains(i + 1) || chunk.getStatistics().hasNonNullValue())
              && (!TEXTS.contains(i + 1)
                  || !chunk.getEncodingStats().hasNonDictionaryEncodedPages());
      if (!isOurs) {
        return false;
      }
    }
    return true;
  }

  ByteBuffer mapped() {
    return mapped;
  }

  public int rowGroups() {
    return blocks.size();
  }

  public long rows(int group) {
    return blocks.get(group).getRowCount();
  }

  /** Starts reading a column of a row group. */
  void open(int group, int fieldId, ColumnPages pages) {
    pages.open(this, chunk(group, fieldId));
  }

  private ColumnChunkMetaData chunk(int group, int fieldId) {
    return blocks.get(group).getColumns().get(fieldId - 1); // field ids count from 1
  }

  // ---- what may be where

  /** Whether rows of a row group may have that org or metric, in UTF-8. */
  public boolean mayHold(int group, int fieldId, byte[] text) {
    return bounds.get(fieldId).mayHold(group, text);
  }

  /** Whether all rows of a row group have that org or metric. */
  public boolean holdsOnly(int group, int fieldId, byte[] text) {
    return bounds.get(fieldId).holdsOnly(group, text);
  }

  /** Lowest series id or window start (microseconds) in a row group. */
  public long min(int group, int fieldId) {
    return bounds.get(fieldId).lowest(group);
  }

  /** Highest series id or window start (microseconds) in a row group. */
  public long max(int group, int fieldId) {
    return bounds.get(fieldId).highest(group);
  }

  /**
   * The rows of a row group that may be of these series, as {@code from, to} pairs, ascending:
   * whole pages.
   *
   * @param sortedIds ascending
   */
  public long[] rowsOf(int group, long[] sortedIds) {
    return seriesPages.get(group).rowsOf(sortedIds);
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
