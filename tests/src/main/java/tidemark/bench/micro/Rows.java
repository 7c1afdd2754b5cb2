package tidemark.bench.micro;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import tidemark.bench.Workload;
import tidemark.serde.partial.PartialBatch;
import tidemark.serde.partial.PartialWriter;
import tidemark.state.MetricNames;
import tidemark.state.MetricType;
import tidemark.state.PartialRow;
import tidemark.state.PartialTable;
import tidemark.state.SeriesIdentity;

/** Partial aggregates of one window of a {@link Workload}, in batches by key group. */
final class Rows {
  private static final int BATCH_BYTES = 1 << 15;

  private Rows() {}

  static List<PartialBatch> batches(Workload workload, int window, int tierSeconds) {
    MetricNames names = new MetricNames(1);
    PartialTable table = new PartialTable(1 << 12);
    SplittableRandom random = new SplittableRandom(workload.seed());
    PartialWriter[] writers = new PartialWriter[Intake.KEY_GROUPS.maxParallelism()];
    List<PartialBatch> batches = new ArrayList<>();
    PartialRow row = new PartialRow();
    for (int series = 0; series < workload.series(); series++) {
      add(workload, series, window, names, random, table);
      table.read(0, row);
      int group = Intake.KEY_GROUPS.groupOf(row.seriesId);
      if (writers[group] == null) {
        writers[group] = new PartialWriter(names, new PartialBatch(1 << 10));
        writers[group].begin(group, tierSeconds);
      }
      writers[group].write(row);
      if (writers[group].isFull(BATCH_BYTES)) {
        batches.add(writers[group].batch().copy());
        writers[group].begin(group, tierSeconds);
      }
      table.clear();
    }
    for (PartialWriter writer : writers) {
      if (writer != null && writer.rows() > 0) {
        batches.add(writer.batch().copy());
      }
    }
    return batches;
  }

  private static void add(
      Workload workload,
      int series,
      int window,
      MetricNames names,
      SplittableRandom random,
      PartialTable table) {
    SeriesIdentity identity =
        new SeriesIdentity(Workload.ORG, Workload.metric(series), Workload.tags(series));
    MetricType type = workload.type(series);
    int name = names.number(type, identity.org(), identity.metric());
    long startMs = workload.windowStartMs(window);
    int points = workload.pointsOf(series);
    long[] timestampsMs = LongStream.range(startMs, startMs + points).toArray();
    double[] values = random.ints(points, 0, 10_000).mapToDouble(i -> i / 100.0).toArray();
    int entry = table.entry(identity.hash()[0], name, type, startMs);
    switch (type) {
      case COUNTER -> table.addDeltas(entry, values, 0, points);
      case GAUGE -> table.addReadings(entry, timestampsMs, values, 0, points);
      case DISTRIBUTION -> table.addSamples(entry, values, 0, points);
    }
  }
}
