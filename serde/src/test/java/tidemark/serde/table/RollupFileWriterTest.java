package tidemark.serde.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Files;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetReaders;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.io.PositionOutputStream;
import org.apache.iceberg.parquet.Parquet;
import org.apache.iceberg.parquet.ParquetUtil;
import org.apache.iceberg.types.Conversions;
import org.apache.iceberg.types.Types;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.internal.column.columnindex.OffsetIndex;
import org.apache.parquet.io.LocalInputFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files are read back with Iceberg's own generic reader, into records. */
class RollupFileWriterTest {
  private static final int PAGE_ROWS = 20_000;
  private static final int PAGE_BYTES = 1 << 20;

  @TempDir Path folder;

  @Test
  void rowsOfManyPagesComeBackAndTheDataFileDescribesThem() throws IOException {
    RandomRollups rollups = new RandomRollups(1, 300_000, 40);
    File path = folder.resolve("pages.parquet").toFile();
    DataFile file =
        TableFileWriter.writeRollups(
            rollups.rows,
            RandomRollups.TIER_SECONDS,
            RandomRollups.PARTITION_PATH,
            Files.localOutput(path));
    assertComesBack(rollups, path);
    assertDescribes(file, rollups);
    assertThat(file.fileSizeInBytes()).isEqualTo(path.length());
    assertPagesAreBounded(path);
  }

  @ParameterizedTest(name = "row groups of {0}")
  @ValueSource(ints = {1, 1_999, 2_000, 7_001, 8_000})
  void rowGroupsAreBoundedAndTheirRowsComeBack(int rowGroupRows) throws IOException {
    RandomRollups rollups = new RandomRollups(rowGroupRows, rowGroupRows == 1 ? 5 : 16_000, 40);
    File path = folder.resolve("groups.parquet").toFile();
    ParquetMetadata footer =
        RollupFileWriter.write(
            rollups.rows, RandomRollups.TIER_SECONDS, Files.localOutput(path), rowGroupRows);
    assertComesBack(rollups, path);
    int groups = (rollups.rows.size() + rowGroupRows - 1) / rowGroupRows;
    assertThat(footer.getBlocks())
        .hasSize(groups)
        .allMatch(block -> block.getRowCount() <= rowGroupRows);
    assertThat(ParquetUtil.getSplitOffsets(footer)).hasSize(groups).isSorted();
  }

  @Test
  void aFileThatIsWrittenInStepsIsTheSame() throws IOException {
    RandomRollups rollups = new RandomRollups(9, 300_000, 40);
    File atOnce = folder.resolve("at-once.parquet").toFile();
    TableFileWriter.writeRollups(
        rollups.rows,
        RandomRollups.TIER_SECONDS,
        RandomRollups.PARTITION_PATH,
        Files.localOutput(atOnce));
    File path = folder.resolve("steps.parquet").toFile();
    try (RollupOutput output =
        TableFileWriter.openRollups(
            RandomRollups.TIER_SECONDS, RandomRollups.PARTITION_PATH, Files.localOutput(path))) {
      output.begin(rollups.rows);
      assertThatIllegalStateException().isThrownBy(output::finish);
      assertThatIllegalStateException().isThrownBy(() -> output.append(rollups.rows));
      int steps = 1;
      while (output.step()) {
        steps++;
      }
      assertThat(steps).isGreaterThan(2 * 5); // two row groups
      assertThat(output.finish().recordCount()).isEqualTo(300_000);
    }
    assertThat(path).hasSameBinaryContentAs(atOnce);
  }

  /** What they share must not be read with a position: a race, which a run may miss. */
  @Test
  void manyThreadsWriteFilesAtOnce() throws Exception {
    int threads = 4;
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      List<Future<Integer>> writing = new ArrayList<>();
      for (int thread = 0; thread < threads; thread++) {
        File path = folder.resolve("thread-" + thread + ".parquet").toFile();
        RandomRollups rollups = new RandomRollups(thread, 12, 4);
        writing.add(
            executor.submit(
                () -> {
                  int rows = 0;
                  for (int i = 0; i < 300; i++) {
                    rows +=
                        (int)
                            RollupFileWriter.write(
                                    rollups.rows,
                                    RandomRollups.TIER_SECONDS,
                                    new Overwritten(Files.localOutput(path)),
                                    1)
                                .getBlocks()
                                .stream()
                                .mapToLong(BlockMetaData::getRowCount)
                                .sum();
                  }
                  return rows;
                }));
      }
      for (Future<Integer> each : writing) {
        assertThat(each.get()).isEqualTo(300 * 12);
      }
    } finally {
      executor.shutdownNow();
    }
  }

  /** A file that is written anew each time. */
  private record Overwritten(OutputFile file) implements OutputFile {
    @Override
    public PositionOutputStream create() {
      return file.createOrOverwrite();
    }

    @Override
    public PositionOutputStream createOrOverwrite() {
      return file.createOrOverwrite();
    }

    @Override
    public String location() {
      return file.location();
    }

    @Override
    public InputFile toInputFile() {
      return file.toInputFile();
    }
  }

  @Test
  void longSketchesKeepPagesBounded() throws IOException {
    RandomRollups rollups = new RandomRollups(3, 3_000, 20_000);
    File path = folder.resolve("sketches.parquet").toFile();
    RollupFileWriter.write(rollups.rows, RandomRollups.TIER_SECONDS, Files.localOutput(path));
    assertComesBack(rollups, path);
    assertPagesAreBounded(path);
  }

  @Test
  void noRowsMakeAFileWithoutRowGroups() throws IOException {
    RandomRollups rollups = new RandomRollups(4, 0, 40);
    File path = folder.resolve("none.parquet").toFile();
    ParquetMetadata footer =
        RollupFileWriter.write(rollups.rows, RandomRollups.TIER_SECONDS, Files.localOutput(path));
    assertThat(footer.getBlocks()).isEmpty();
    assertComesBack(rollups, path);
  }

  @Test
  void columnsAreZstdWithDictionariesAndFormatVersionOne() throws IOException {
    RandomRollups rollups = new RandomRollups(5, 1_000, 40);
    ParquetMetadata footer =
        RollupFileWriter.write(
            rollups.rows,
            RandomRollups.TIER_SECONDS,
            Files.localOutput(folder.resolve("encodings.parquet").toFile()));
    assertThat(footer.getFileMetaData().getSchema()).isEqualTo(RollupFileWriter.MESSAGE);
    assertThat(footer.getBlocks().get(0).getColumns())
        .allMatch(column -> column.getCodec() == CompressionCodecName.ZSTD);
    ColumnChunkMetaData org = footer.getBlocks().get(0).getColumns().get(RollupsTable.ORG - 1);
    assertThat(org.getEncodingStats().hasDictionaryEncodedPages()).isTrue();
    assertThat(org.getEncodingStats().usesV2Pages()).isFalse();
  }

  @ParameterizedTest(name = "after {0} bytes")
  @ValueSource(ints = {0, 100, 50_000})
  void aFailedWriteIsPassedOnAndClosesTheFile(int bytes) {
    RandomRollups rollups = new RandomRollups(6, 16_000, 40);
    FailingOutput output = new FailingOutput(bytes);
    assertThatThrownBy(
            () -> RollupFileWriter.write(rollups.rows, RandomRollups.TIER_SECONDS, output, 4_000))
        .hasMessageContaining("disk is full");
    assertThat(output.isClosed).isTrue();
  }

  private static void assertComesBack(RandomRollups rollups, File path) throws IOException {
    try (CloseableIterable<Record> read =
        Parquet.read(Files.localInput(path))
            .project(RollupsTable.SCHEMA)
            .createReaderFunc(
                message -> GenericParquetReaders.buildReader(RollupsTable.SCHEMA, message))
            .build()) {
      Iterator<Record> expected = rollups.expected.iterator();
      int row = 0;
      for (Record record : read) {
        assertThat(expected.hasNext()).as("row %s is one too many", row).isTrue();
        Record wanted = expected.next();
        if (!record.equals(wanted)) { // building a message for each row would take minutes
          assertThat(record).as("row %s", row).isEqualTo(wanted);
        }
        row++;
      }
      assertThat(row).isEqualTo(rollups.rows.size());
    }
  }

  private static void assertDescribes(DataFile file, RandomRollups rollups) {
    assertThat(file.recordCount()).isEqualTo(rollups.rows.size());
    assertThat(file.partition().get(0, Integer.class)).isEqualTo(RandomRollups.TIER_SECONDS);
    assertThat(file.partition().get(1, Integer.class)).isEqualTo(RandomRollups.DAY);
    assertThat(file.splitOffsets())
        .hasSize((rollups.rows.size() + (1 << 18) - 1) / (1 << 18)) // row groups
        .startsWith(4L); // after the magic bytes
    for (Types.NestedField field : RollupsTable.SCHEMA.columns()) {
      long nulls = stream(rollups, field.name()).filter(value -> value == null).count();
      assertThat(file.nullValueCounts()).as(field.name()).containsEntry(field.fieldId(), nulls);
      assertThat(file.valueCounts())
          .as(field.name())
          .containsEntry(field.fieldId(), (long) rollups.rows.size());
    }
    assertThat(longBound(file.lowerBounds(), RollupsTable.SERIES_ID))
        .isEqualTo(stream(rollups, "series_id").mapToLong(Long.class::cast).min().orElseThrow());
    assertThat(longBound(file.upperBounds(), RollupsTable.SERIES_ID))
        .isEqualTo(stream(rollups, "series_id").mapToLong(Long.class::cast).max().orElseThrow());
    assertThat(longBound(file.lowerBounds(), RollupsTable.WINDOW_START))
        .isEqualTo(windowMicros(rollups).min(Long::compare).orElseThrow());
    assertThat(longBound(file.upperBounds(), RollupsTable.WINDOW_START))
        .isEqualTo(windowMicros(rollups).max(Long::compare).orElseThrow());
  }

  private static Stream<Object> stream(RandomRollups rollups, String column) {
    return rollups.expected.stream().map(row -> row.getField(column));
  }

  private static Stream<Long> windowMicros(RandomRollups rollups) {
    return stream(rollups, "window_start")
        .map(
            at ->
                ChronoUnit.MICROS.between(
                    OffsetDateTime.parse("1970-01-01T00:00Z"), (OffsetDateTime) at));
  }

  private static long longBound(Map<Integer, ByteBuffer> bounds, int field) {
    return Conversions.fromByteBuffer(Types.LongType.get(), bounds.get(field));
  }

  /** A page may exceed its bytes by one value. */
  private static void assertPagesAreBounded(File path) throws IOException {
    try (ParquetFileReader reader = ParquetFileReader.open(new LocalInputFile(path.toPath()))) {
      for (BlockMetaData block : reader.getRowGroups()) {
        for (ColumnChunkMetaData column : block.getColumns()) {
          OffsetIndex pages = reader.readOffsetIndex(column);
          for (int page = 0; page < pages.getPageCount(); page++) {
            assertThat(pages.getLastRowIndex(page, block.getRowCount()))
                .as("last row of page %s of %s", page, column.getPath())
                .isLessThan(pages.getFirstRowIndex(page) + PAGE_ROWS);
            assertThat(pages.getCompressedPageSize(page))
                .as("bytes of page %s of %s", page, column.getPath())
                .isLessThan(PAGE_BYTES * 2);
          }
        }
      }
    }
  }

  /** A file on a disk that is full after some bytes. */
  private static final class FailingOutput implements OutputFile {
    private final int capacity;
    private boolean isClosed;

    FailingOutput(int capacity) {
      this.capacity = capacity;
    }

    @Override
    public PositionOutputStream create() {
      return new PositionOutputStream() {
        private long position;

        @Override
        public long getPos() {
          return position;
        }

        @Override
        public void write(int oneByte) throws IOException {
          if (position++ >= capacity) {
            throw new IOException("disk is full");
          }
        }

        @Override
        public void close() {
          isClosed = true;
        }
      };
    }

    @Override
    public PositionOutputStream createOrOverwrite() {
      return create();
    }

    @Override
    public String location() {
      return "memory:full";
    }

    @Override
    public InputFile toInputFile() {
      throw new UnsupportedOperationException("write only");
    }
  }
}
