package tidemark.bench;

import java.util.ArrayList;
import java.util.List;
import tidemark.serde.wire.NativeBatchWriter;

/** Native batches. */
final class NativeRecords implements RecordWriter {
  private final Workload workload;
  private final Points points;
  private final List<NativeBatchWriter> writers = new ArrayList<>();
  private final int[] hot; // number of the hot series in each writer; empty without one

  NativeRecords(Workload workload) {
    this.workload = workload;
    points = new Points(workload);
    hot = new int[workload.is(Trait.HOT) ? workload.groups() : 0];
    for (int group = 0; group < workload.groups(); group++) {
      NativeBatchWriter writer = new NativeBatchWriter(Workload.ORG);
      for (int s = workload.firstSeries(group); s < workload.firstSeries(group + 1); s++) {
        writer.series(workload.type(s), Workload.metric(s), Workload.tags(s));
      }
      if (workload.is(Trait.HOT)) {
        int s = Workload.HOT_SERIES;
        hot[group] = writer.series(workload.type(s), Workload.metric(s), Workload.tags(s));
      }
      writers.add(writer);
    }
  }

  @Override
  public byte[] record(int group, int window, int slice) {
    NativeBatchWriter writer = writers.get(group);
    writer.clear();
    int first = workload.firstSeries(group);
    for (int s = first; s < workload.firstSeries(group + 1); s++) {
      for (int p = points.first(s, slice); p < points.end(s, slice); p++) {
        long timestampMs = points.timestampMs(s, window, p);
        writer.point(s - first, timestampMs, points.value());
        if (hot.length > 0) {
          writer.point(hot[group], timestampMs, points.value());
        }
      }
    }
    return writer.toBytes();
  }
}
