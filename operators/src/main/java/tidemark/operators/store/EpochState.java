package tidemark.operators.store;

import java.io.DataInputStream;
import java.io.IOException;
import java.util.SortedMap;
import java.util.TreeMap;
import tidemark.serde.partial.EpochReport;

/**
 * What one lineage has behind it: who it is, how far its source was read, and its running totals.
 *
 * <p>State format, in terms of {@link StoreBytes}:
 *
 * <pre>
 * v1  i32 version | text lineage | i64 watermark, ms | i32 length, report of totals and positions
 * </pre>
 *
 * @param lineage name of the history
 * @param watermarkMs watermark of the last epoch
 * @param totals counts since the lineage began, and the position of every partition it ever read
 */
record EpochState(String lineage, long watermarkMs, EpochReport totals) {
  private static final int V1 = 1;

  static EpochState fresh(String lineage) {
    return new EpochState(lineage, Long.MIN_VALUE, EpochReport.empty());
  }

  EpochState after(EpochReport epoch, long newWatermarkMs) {
    return new EpochState(lineage, Math.max(watermarkMs, newWatermarkMs), totals.merge(epoch));
  }

  /** Whether every partition's watermark rests on heartbeats. */
  boolean isWatermarkProven() {
    return !totals.positions().isEmpty()
        && totals.positions().values().stream().allMatch(EpochReport.Position::hasHeartbeats);
  }

  /** {@code {"topic":{"partition":next offset}}}, sorted. */
  String offsetsJson() {
    SortedMap<String, SortedMap<Integer, Long>> byTopic = new TreeMap<>();
    totals
        .positions()
        .forEach(
            (name, position) -> {
              int slash = name.lastIndexOf('/');
              byTopic
                  .computeIfAbsent(name.substring(0, slash), topic -> new TreeMap<>())
                  .put(Integer.parseInt(name.substring(slash + 1)), position.nextOffset());
            });
    StringBuilder json = new StringBuilder("{");
    byTopic.forEach(
        (topic, offsets) -> {
          json.append(json.length() == 1 ? "\"" : ",\"").append(topic).append("\":{");
          offsets.forEach(
              (partition, offset) -> {
                json.append(json.charAt(json.length() - 1) == '{' ? "\"" : ",\"");
                json.append(partition).append("\":").append(offset);
              });
          json.append('}');
        });
    return json.append('}').toString();
  }

  byte[] toBytes() throws IOException {
    return StoreBytes.write(
        out -> {
          out.writeInt(V1);
          StoreBytes.putText(out, lineage);
          out.writeLong(watermarkMs);
          byte[] report = totals.toBytes();
          out.writeInt(report.length);
          out.write(report);
        });
  }

  static EpochState ofBytes(byte[] bytes) throws IOException {
    try (DataInputStream in = StoreBytes.read(bytes)) {
      StoreBytes.expectVersion("state of the store's epochs", in.readInt(), V1);
      String lineage = StoreBytes.text(in);
      long watermarkMs = in.readLong();
      byte[] report = StoreBytes.bytes(in);
      StoreBytes.expectEnd(in);
      return new EpochState(lineage, watermarkMs, EpochReport.ofBytes(report, report.length));
    }
  }
}
