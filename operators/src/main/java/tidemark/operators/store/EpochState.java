package tidemark.operators.store;

import java.io.DataInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import tidemark.operators.StateBytes;
import tidemark.serde.partial.EpochReport;

/**
 * What one lineage has behind it: who it is, where it commits, how far its source was read, its
 * running totals, and the epochs that are closed but not known to be committed.
 *
 * <p>State format, in terms of {@link StateBytes}:
 *
 * <pre>
 * v3  i32 version | text lineage | text branch | text last epoch | i64 watermark, ms
 *     | i32 length, report of totals and positions | i32 count, {@link PendingEpoch} ...
 *     | i32 moves of the shard map, -1 for none
 * v2  the same without the last, and none
 * </pre>
 *
 * <p>Bounds: about 100 bytes a partition, and a few kilobytes for each epoch since the last commit:
 * one at a time while the catalog answers.
 *
 * @param lineage name of the history
 * @param branch branch of the tables that it commits to
 * @param lastEpoch id of the epoch closed last; empty if there is none
 * @param watermarkMs watermark of the last epoch
 * @param totals counts since the lineage began, and the position of every partition it ever read
 * @param pending oldest first
 * @param shardMoves moves of the shard map by which all was counted; {@link #NO_MAP} if by none
 */
record EpochState(
    String lineage,
    String branch,
    String lastEpoch,
    long watermarkMs,
    EpochReport totals,
    List<PendingEpoch> pending,
    int shardMoves) {
  static final int NO_MAP = -1;

  private static final int V2 = 2;
  private static final int V3 = 3;

  EpochState {
    pending = List.copyOf(pending);
  }

  static EpochState fresh(String lineage, String branch) {
    return new EpochState(
        lineage, branch, "", Long.MIN_VALUE, EpochReport.empty(), List.of(), NO_MAP);
  }

  /** The same with what an epoch brought; the epoch itself does not wait yet. */
  EpochState after(EpochReport epoch, long newWatermarkMs) {
    return new EpochState(
        lineage,
        branch,
        lastEpoch,
        Math.max(watermarkMs, newWatermarkMs),
        totals.merge(epoch),
        pending,
        shardMoves);
  }

  EpochState with(PendingEpoch epoch) {
    List<PendingEpoch> more = new ArrayList<>(pending);
    more.add(epoch);
    return new EpochState(lineage, branch, epoch.id(), watermarkMs, totals, more, shardMoves);
  }

  /** The same without as many of the oldest that wait. */
  EpochState without(int committed) {
    return new EpochState(
        lineage,
        branch,
        lastEpoch,
        watermarkMs,
        totals,
        pending.subList(committed, pending.size()),
        shardMoves);
  }

  /** A new history on another branch that begins where this one is. */
  EpochState forked(String newLineage, String newBranch) {
    return new EpochState(
        newLineage, newBranch, lastEpoch, watermarkMs, totals, pending, shardMoves);
  }

  /** The same, which a later version of the shard map would have counted alike. */
  EpochState countedBy(int moves) {
    return new EpochState(lineage, branch, lastEpoch, watermarkMs, totals, pending, moves);
  }

  /**
   * Ids of the epochs at which a branch may stand for this state to go on from there: whichever of
   * those that wait was committed last, or the one before them all. Oldest first; empty text stands
   * for a lineage without commits.
   */
  List<String> possibleHeads() {
    List<String> ids = new ArrayList<>();
    ids.add(pending.isEmpty() ? lastEpoch : pending.get(0).previous());
    pending.forEach(epoch -> ids.add(epoch.id()));
    return ids;
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
    return StateBytes.write(
        out -> {
          out.writeInt(V3);
          StateBytes.putText(out, lineage);
          StateBytes.putText(out, branch);
          StateBytes.putText(out, lastEpoch);
          out.writeLong(watermarkMs);
          byte[] report = totals.toBytes();
          out.writeInt(report.length);
          out.write(report);
          out.writeInt(pending.size());
          for (PendingEpoch epoch : pending) {
            epoch.write(out);
          }
          out.writeInt(shardMoves);
        });
  }

  static EpochState ofBytes(byte[] bytes) throws IOException {
    try (DataInputStream in = StateBytes.read(bytes)) {
      int version = in.readInt();
      if (version != V2) {
        StateBytes.expectVersion("state of the store's epochs", version, V3);
      }
      String lineage = StateBytes.text(in);
      String branch = StateBytes.text(in);
      String lastEpoch = StateBytes.text(in);
      long watermarkMs = in.readLong();
      byte[] report = StateBytes.bytes(in);
      List<PendingEpoch> pending = new ArrayList<>();
      for (int i = StateBytes.count(in); i > 0; i--) {
        pending.add(PendingEpoch.read(in));
      }
      int shardMoves = version == V2 ? NO_MAP : in.readInt();
      StateBytes.expectEnd(in);
      EpochReport totals = EpochReport.ofBytes(report, report.length);
      return new EpochState(lineage, branch, lastEpoch, watermarkMs, totals, pending, shardMoves);
    }
  }
}
