package tidemark.operators.store;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.iceberg.ContentFileParser;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.util.Tasks;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tidemark.serde.catalog.FlinkFileIO;
import tidemark.serde.partial.EpochReport;
import tidemark.serde.partial.PartialBatch;
import tidemark.serde.partial.PartialReader;
import tidemark.serde.partial.SeriesCodec;
import tidemark.serde.table.RollupBuffers;
import tidemark.serde.table.RollupOutput;
import tidemark.serde.table.RollupRows;
import tidemark.serde.table.RollupsTable;
import tidemark.serde.table.SeriesRows;
import tidemark.serde.table.SeriesTable;
import tidemark.serde.table.TableFileWriter;
import tidemark.state.MetricNames;
import tidemark.state.PartialRow;

/**
 * Collects the rows of an epoch by tier and UTC day, and writes them as sorted Parquet files: once
 * a quarter of the buffer holds rows of one file, in steps between other work, so that neither a
 * full buffer nor a barrier finds much to do; at the barrier what is left. Nothing is left over
 * between epochs, so there is no state.
 *
 * <p>Series are written as they come, some ten thousand in a file: at its start and at midnight a
 * job tells them all, and as one file before the barrier they would hold it up for seconds.
 *
 * <p>Metrics, group {@code tidemark.store}: {@code rowsWritten}, {@code filesWritten}, {@code
 * bytesWritten}, {@code pointsStored} (10 s tier), {@code writeRetries} (files begun in vain).
 */
final class StoreWriter implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(StoreWriter.class);
  private static final int FINEST_TIER_SECONDS = 10;
  // Encoded, and four times as much as objects; a file of them takes some 0.15 s.
  private static final int MOST_SERIES_BYTES = 4 << 20;
  // One part in so many of the buffer is a file: larger ones are fewer and make longer pauses.
  private static final int FILES_IN_BUFFER = 4;
  private static final int MANY = 1_000_000; // the time is the limit
  private static final long FIRST_RETRY_MS = 200;
  private static final long LONGEST_RETRY_MS = 10_000;

  /** One file's worth of rows. */
  private record Partition(int tierSeconds, long epochDay) {

    String folder() {
      return "rollups/data/" + path();
    }

    String path() {
      return "tier=%s/window_start_day=%s".formatted(tierSeconds, LocalDate.ofEpochDay(epochDay));
    }
  }

  /** A file that is written in steps; its rows stay until it is complete. */
  private record Begun(Partition partition, RollupRows rows, RollupOutput output) {}

  private final StoreConfig config;
  private final FileIO io;
  private final String filePrefix;
  private final StoreStage.Counted counted;
  private MetricNames names = new MetricNames(System.nanoTime());
  private PartialReader reader = new PartialReader(names);
  private final PartialRow row = new PartialRow();

  private final RollupBuffers buffers = new RollupBuffers();
  private final Map<Partition, RollupRows> partitions = new HashMap<>();
  private Begun begun; // null between files
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
    this(config, filePrefix, counted, metrics, new FlinkFileIO());
  }

  /**
   * @param io where files are written to; closed with the writer
   */
  StoreWriter(
      StoreConfig config,
      String filePrefix,
      StoreStage.Counted counted,
      MetricGroup metrics,
      FileIO io) {
    this.config = config;
    this.io = io;
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
    while (bufferedBytes() > config.bufferBytes()) {
      if (begun == null) {
        begin(largest().orElseThrow());
      }
      finish();
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
    long bytes = begun == null ? 0 : begun.rows.memoryBytes();
    for (RollupRows rows : partitions.values()) {
      bytes += rows.memoryBytes();
    }
    return bytes;
  }

  private Optional<Partition> largest() {
    return partitions.entrySet().stream()
        .max(Comparator.comparingLong(entry -> entry.getValue().memoryBytes()))
        .map(Map.Entry::getKey);
  }

  // ---- files in steps

  /** Whether there is a file to begin or to go on with before the barrier. */
  boolean hasStep() {
    return begun != null || largest().filter(this::isWorthAFile).isPresent();
  }

  private boolean isWorthAFile(Partition partition) {
    return partitions.get(partition).memoryBytes() >= config.bufferBytes() / FILES_IN_BUFFER;
  }

  /**
   * Sorts the rows of a file or encodes some of its columns, which takes some 10 ms of the default
   * buffer, if {@link #hasStep}. The last step waits for the object store to take the file, and all
   * of them longer while it answers with errors.
   */
  void step() throws IOException {
    if (begun == null) {
      Optional<Partition> next = largest().filter(this::isWorthAFile);
      if (next.isPresent()) {
        begin(next.get());
      }
    } else {
      advance();
    }
  }

  private void finish() throws IOException {
    while (begun != null) {
      advance();
    }
  }

  private void begin(Partition partition) throws IOException {
    RollupRows rows = partitions.remove(partition);
    try {
      RollupOutput output =
          TableFileWriter.openRollups(
              partition.tierSeconds(), partition.path(), newFile(partition.folder()));
      output.begin(rows);
      begun = new Begun(partition, rows, output);
    } catch (IOException | UncheckedIOException e) {
      writeAgain(partition, rows);
    }
  }

  private void advance() throws IOException {
    try {
      if (!begun.output.step()) {
        add(begun.output.finish(), begun.rows);
        begun = null;
      }
    } catch (IOException | UncheckedIOException e) {
      Begun failed = begun;
      abandon();
      writeAgain(failed.partition, failed.rows);
    }
  }

  /** What is left of the file is an orphan. */
  private void abandon() {
    try (RollupOutput output = begun.output) {
      begun = null;
    } catch (IOException | UncheckedIOException e) {
      LOG.debug("a file begun in vain could not be closed", e);
    }
  }

  private void writeAgain(Partition partition, RollupRows rows) throws IOException {
    writeRetries.inc();
    writeRollups(partition, rows);
  }

  // ---- whole files

  private void writeRollups(Partition partition, RollupRows rows) throws IOException {
    add(
        write(
            () ->
                TableFileWriter.writeRollups(
                    rows, partition.tierSeconds(), partition.path(), newFile(partition.folder()))),
        rows);
  }

  private void add(DataFile written, RollupRows rows) {
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
    finish();
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
    try (FileIO last = io) {
      if (begun != null) {
        abandon();
      }
    }
  }
}
