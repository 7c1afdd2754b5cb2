package tidemark.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import tidemark.serde.catalog.FlinkFileIO;
import tidemark.serde.table.RollupBuffers;
import tidemark.serde.table.RollupRows;
import tidemark.serde.table.TableFileWriter;
import tidemark.state.MetricNames;
import tidemark.state.MetricType;
import tidemark.state.PartialRow;
import tidemark.state.SeriesIdentity;
import tidemark.state.SketchBuffer;

/**
 * Writes rows like those of a {@link Workload} into files of the table's format: two threads, each
 * with half of the series. Rows are made up anew for each file, which costs a few percent.
 */
final class WriteLimit {
  private static final int THREADS = 2;
  private static final int ROWS_PER_FILE = 1 << 19;
  private static final int TIER_SECONDS = 10;

  private final String folder;
  private final Points points;
  private final AtomicInteger files = new AtomicInteger();

  WriteLimit(RunOrder order) {
    folder = order.folder().resolve("files").toUri().toString();
    points = new Points(order.workload());
  }

  void run(Workload workload) {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<CompletableFuture<Void>> parts =
          IntStream.range(0, THREADS)
              .mapToObj(
                  part -> CompletableFuture.runAsync(() -> writePart(workload, part), threads))
              .toList();
      parts.forEach(CompletableFuture::join);
    } finally {
      threads.shutdown();
    }
  }

  private void writePart(Workload workload, int part) {
    int first = workload.series() / THREADS * part;
    int end = part == THREADS - 1 ? workload.series() : workload.series() / THREADS * (part + 1);
    MetricNames names = new MetricNames(part);
    RollupBuffers buffers = new RollupBuffers();
    PartialRow[] rows = new PartialRow[end - first];
    for (int s = first; s < end; s++) {
      rows[s - first] = row(workload, s, names);
    }
    SplittableRandom random = new SplittableRandom(workload.seed() + part);
    int windowsPerFile = Math.max(1, ROWS_PER_FILE / rows.length);
    try (FlinkFileIO io = new FlinkFileIO()) {
      for (int window = 0; window < workload.windows(); window += windowsPerFile) {
        RollupRows waiting = new RollupRows(names, buffers);
        int until = Math.min(workload.windows(), window + windowsPerFile);
        for (int w = window; w < until; w++) {
          for (int s = 0; s < rows.length; s++) {
            waiting.add(filled(workload, rows[s], first + s, w, random));
          }
        }
        String path = "%s/%s-%s.parquet".formatted(folder, part, files.incrementAndGet());
        TableFileWriter.writeRollups(
            waiting, TIER_SECONDS, "tier=10/window_start_day=2026-01-01", io.newOutputFile(path));
        waiting.release();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private PartialRow row(Workload workload, int series, MetricNames names) {
    SeriesIdentity identity =
        new SeriesIdentity(Workload.ORG, Workload.metric(series), Workload.tags(series));
    PartialRow row = new PartialRow();
    row.type = workload.type(series);
    row.name = names.number(row.type, identity.org(), identity.metric());
    row.seriesId = identity.hash()[0];
    row.count = workload.pointsOf(series);
    row.noRest();
    if (row.type == MetricType.DISTRIBUTION) {
      SketchBuffer sketch = new SketchBuffer();
      for (int i = 0; i < row.count; i++) {
        sketch.accept(points.value());
      }
      row.sketch = sketch.toBytes();
      row.sketchLength = row.sketch.length;
    }
    return row;
  }

  private PartialRow filled(
      Workload workload, PartialRow row, int series, int window, SplittableRandom random) {
    row.windowStartMs = workload.windowStartMs(window);
    row.lastTimestampMs = points.timestampMs(series, window, Math.toIntExact(row.count) - 1);
    row.last = random.nextInt(10_000) / 100.0;
    if (row.count == 1) {
      row.min = row.last;
      row.max = row.last;
      row.sum = row.last;
    } else {
      row.min = random.nextInt(2_000) / 100.0;
      row.max = 80 + random.nextInt(2_000) / 100.0;
      row.sum = row.count * 40.0 + random.nextInt(10_000) / 100.0;
    }
    return row;
  }
}
