package tidemark.operators.store;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.iceberg.ContentFileParser;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.util.Tasks;
import tidemark.serde.catalog.FlinkFileIO;
import tidemark.serde.partial.EpochReport;
import tidemark.serde.partial.PartialBatch;
import tidemark.serde.partial.PartialReader;
import tidemark.serde.partial.SeriesCodec;
import tidemark.serde.table.RollupBuffers;
import tidemark.serde.table.RollupRows;
import tidemark.serde.table.RollupsTable;
import tidemark.serde.table.SeriesRows;
import tidemark.serde.table.SeriesTable;
import tidemark.serde.table.TableFileWriter;
import tidemark.state.MetricNames;
import tidemark.state.PartialRow;

/**
 * Collects the rows of an epoch by tier and UTC day, and writes one sorted Parquet file for each
 * before the barrier, or earlier when the buffer is full. Nothing is left over between epochs, so
 * there is no state.
 *
 * <p>Series are written as they come, some ten thousand in a file: at its start and at midnight a
 * job tells them all, and as one file before the barrier they would hold it up for seconds.
 *
 * <p>Metrics, group {@code tidemark.store}: {@code rowsWritten}, {@code filesWritten}, {@code
 * bytesWritten}, {@code pointsStored} (10 s tier), {@code writeRetries} (files begun in vain).
 */
final class StoreWriter implements Closeable {
  private static final int FINEST_TIER_SECONDS = 10;
  // Encoded, and four times as much as objects; a file of them takes a quarter of a second.
  private static final int MOST_SERIES_BYTES = 8 << 20;
  private static final int MANY = 1_000_000; // the time is the limit
  private static final long FIRST_RETRY_MS = 200;
  private static final long LONGEST_RETRY_MS = 10_000;

  /** One file's worth of rows. */
  private record Partition(int tierSeconds, long epochDay) {

    String path() {
      return "tier=%s/window_start_day=%s".formatted(tierSeconds, LocalDate.ofEpochDay(epochDay));
    }
  }

  private final StoreConfig config;
  private final FileIO io = new FlinkFileIO();
  private final String filePrefix;
  private final StoreStage.Counted counted;
  private MetricNames names = new MetricNames(System.nanoTime());
  private PartialReader reader = new PartialReader(names);
  private final PartialRow row = new PartialRow();

  private final RollupBuffers buffers = new RollupBuffers();
  private final Map<Partition, RollupRows> partitions = new HashMap<>();
  private final SeriesRows seriesRows = new SeriesRows();
  private int seriesBytes; // of the batches that held them
  private EpochReport report = EpochReport.empty();
  private long pointsStored;
  private final List<String> rollupFiles = new ArrayList<>();
  private final List<String> seriesFiles = new ArrayList<>();

  private final Counter rowsWritten;
  private final Counter filesWritten;
  private final Counter bytesWritten;
  private final Counter pointsStoredTotal;
  private final Counter writeRetries;

  /**
   * @param filePrefix beginning of the name of each file
   */
  StoreWriter(
      StoreConfig config, String filePrefix, StoreStage.Counted counted, MetricGroup metrics) {
    this.config = config;
    this.filePrefix = filePrefix;
    this.counted = counted;
    MetricGroup group = metrics.addGroup("tidemark").addGroup("store");
    rowsWritten = group.counter("rowsWritten");
    filesWritten = group.counter("filesWritten");
    bytesWritten = group.counter("bytesWritten");
    pointsStoredTotal = group.counter("pointsStored");
    writeRetries = group.counter("writeRetries");
  }

  void write(PartialBatch batch) throws IOException {
    switch (batch.kind()) {
      case PARTIALS -> addRows(batch);
      case SERIES -> addSeries(batch);
      case REPORT -> report = report.merge(EpochReport.ofBytes(batch.bytes(), batch.length()));
      case DEFINITIONS,
          STATUS,
          VERDICTS,
          ANNOUNCED -> {} // none of them is a row of the tables written here
    }
  }

  private void addRows(PartialBatch batch) throws IOException {
    reader.open(batch);
    int tierSeconds = batch.tierSeconds();
    long day = Long.MIN_VALUE;
    RollupRows rows = null;
    while (reader.next(row)) {
      long rowDay = Math.floorDiv(row.windowStartMs, 86_400_000L);
      if (rows == null || rowDay != day) {
        day = rowDay;
        rows =
            partitions.computeIfAbsent(
                new Partition(tierSeconds, day), key -> new RollupRows(names, buffers));
      }
      rows.add(row);
      if (tierSeconds == FINEST_TIER_SECONDS && counted == StoreStage.Counted.POINTS) {
        pointsStored = Math.addExact(pointsStored, row.count);
      }
    }
    if (bufferedBytes() > config.bufferBytes()) {
      writeLargest();
    }
  }

  private void addSeries(PartialBatch batch) throws IOException {
    SeriesCodec.read(batch, seriesRows::add);
    seriesBytes += batch.length();
    if (seriesBytes >= MOST_SERIES_BYTES) {
      writeSeries();
    }
  }

  private long bufferedBytes() {
    long bytes = 0;
    for (RollupRows rows : partitions.values()) {
      bytes += rows.memoryBytes();
    }
    return bytes;
  }

  private void writeLargest() throws IOException {
    Map.Entry<Partition, RollupRows> largest = null;
    for (Map.Entry<Partition, RollupRows> entry : partitions.entrySet()) {
      if (largest == null || entry.getValue().memoryBytes() > largest.getValue().memoryBytes()) {
        largest = entry;
      }
    }
    writeRollups(largest.getKey(), largest.getValue());
    partitions.remove(largest.getKey());
  }

  private void writeRollups(Partition partition, RollupRows rows) throws IOException {
    String folder = "rollups/data/" + partition.path();
    DataFile written =
        write(
            () ->
                TableFileWriter.writeRollups(
                    rows, partition.tierSeconds(), partition.path(), newFile(folder)));
    rollupFiles.add(describe(written, RollupsTable.SPEC));
    rows.release();
  }

  private void writeSeries() throws IOException {
    DataFile written = write(() -> TableFileWriter.writeSeries(seriesRows, newFile("series/data")));
    seriesFiles.add(describe(written, SeriesTable.SPEC));
    seriesRows.clear();
    seriesBytes = 0;
  }

  /** Writes one file, again under another name while the object store answers with errors. */
  private interface Attempt {
    DataFile write() throws IOException;
  }

  /**
   * The rows are still in memory, so an error costs nothing but time: that of the task, which holds
   * the input back meanwhile. Files that were begun in vain are orphans.
   */
  private DataFile write(Attempt attempt) throws IOException {
    List<DataFile> written = new ArrayList<>();
    Tasks.foreach(attempt)
        .retry(MANY)
        .exponentialBackoff(FIRST_RETRY_MS, LONGEST_RETRY_MS, config.retryForMs(), 2.0)
        .onlyRetryOn(IOException.class, UncheckedIOException.class)
        .run(
            each -> {
              writeRetries.inc();
              written.add(each.write());
            },
            IOException.class);
    writeRetries.dec(); // of this file's attempts, all but the last were in vain
    return written.get(0);
  }

  private OutputFile newFile(String folder) {
    return io.newOutputFile(
        "%s/%s/%s/%s-%s.parquet"
            .formatted(
                config.warehouse(), RollupsTable.NAMESPACE, folder, filePrefix, UUID.randomUUID()));
  }

  private String describe(DataFile file, PartitionSpec spec) {
    rowsWritten.inc(file.recordCount());
    filesWritten.inc();
    bytesWritten.inc(file.fileSizeInBytes());
    return ContentFileParser.toJson(file, spec);
  }

  /** Writes what is left of the epoch, and says what it was. */
  WriterResult closeEpoch() throws IOException {
    for (Map.Entry<Partition, RollupRows> entry : partitions.entrySet()) {
      writeRollups(entry.getKey(), entry.getValue());
    }
    partitions.clear();
    if (seriesRows.size() > 0) {
      writeSeries();
    }
    pointsStoredTotal.inc(pointsStored);
    EpochReport whole =
        report.merge(EpochReport.of(Map.of(EpochReport.POINTS_STORED, pointsStored)));
    WriterResult result = new WriterResult(rollupFiles, seriesFiles, whole);
    rollupFiles.clear();
    seriesFiles.clear();
    report = EpochReport.empty();
    pointsStored = 0;
    // names of an epoch are forgotten with it, or they would grow with all that ever were
    names = new MetricNames(System.nanoTime());
    reader = new PartialReader(names);
    return result;
  }

  @Override
  public void close() {
    io.close();
  }
}
