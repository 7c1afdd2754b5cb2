package tidemark.bench;

import java.util.ArrayList;
import java.util.List;
import tidemark.serde.wire.NativeBatchWriter;

/** Native batches. */
final class NativeRecords implements RecordWriter {
  private final Workload workload;
  private final Points points;
  private final List<NativeBatchWriter> writers = new ArrayList<>();

  NativeRecords(Workload workload) {
    this.workload = workload;
    points = new Points(workload);
    for (int group = 0; group < workload.groups(); group++) {
      NativeBatchWriter writer = new NativeBatchWriter(Workload.ORG);
      for (int s = workload.firstSeries(group); s < workload.firstSeries(group + 1); s++) {
        writer.series(workload.type(s), Workload.metric(s), Workload.tags(s));
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
        writer.point(s - first, points.timestampMs(s, window, p), points.value());
      }
    }
    return writer.toBytes();
  }
}
