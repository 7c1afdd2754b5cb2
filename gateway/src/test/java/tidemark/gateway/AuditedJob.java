package tidemark.gateway;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.apache.iceberg.data.Record;
import tidemark.gateway.Rows.Point;
import tidemark.gateway.Rows.RowKey;
import tidemark.serde.table.EpochKeys;
import tidemark.serde.table.LedgerRows;
import tidemark.state.MetricType;

/**
 * Commits epochs as the job does, computed from points alone: windows of all tiers when the
 * watermark ends them, late points as rows of their own, and the ledger of each step. A test spoils
 * an epoch by changing its rows or its summary.
 */
final class AuditedJob {
  static final String LINEAGE = "lineage-1";
  static final long START_MS = Instant.parse("2026-03-01T10:00:00Z").toEpochMilli();
  private static final int[] TIERS = {10, 60, 3600};

  private record Sample(MetricType type, long seriesId, long timestampMs, double value) {
    RowKey window(int tier) {
      long startMs = Math.floorDiv(timestampMs, tier * 1000L) * tier * 1000L;
      return new RowKey(
          tier, type.label() + ".metric", seriesId, type, Instant.ofEpochMilli(startMs));
    }
  }

  private final StoredTables tables;
  private final Random random = new Random(7);
  private final List<Sample> open = new ArrayList<>();
  private String branch = "main";
  private long watermarkMs;
  private long checkpoint;
  private String previous = "";
  private long accepted;
  private long stored;

  AuditedJob(StoredTables tables) {
    this.tables = tables;
  }

  AuditedJob onBranch(String name) {
    branch = name;
    return this;
  }

  /** Samples of that many series between these times, in minutes after the start. */
  void points(int count, double fromMinute, double toMinute) {
    for (int i = 0; i < count; i++) {
      int series = random.nextInt(9);
      open.add(
          new Sample(
              MetricType.values()[series % 3],
              series - 4,
              START_MS
                  + (long) ((fromMinute + random.nextDouble() * (toMinute - fromMinute)) * 60_000),
              value()));
    }
  }

  private double value() {
    return switch (random.nextInt(4)) {
      case 0 -> 1e17;
      case 1 -> random.nextInt(100) - 10;
      default -> random.nextGaussian();
    };
  }

  void commit(int pointsCount, double fromMinute, double toMinute, double watermarkMinute) {
    commit(pointsCount, fromMinute, toMinute, watermarkMinute, UnaryOperator.identity());
  }

  /** One epoch: new points, then the watermark, and then what a fault makes of its rows. */
  void commit(
      int pointsCount,
      double fromMinute,
      double toMinute,
      double watermarkMinute,
      UnaryOperator<List<Record>> fault) {
    int known = open.size();
    points(pointsCount, fromMinute, toMinute);
    List<Sample> added = List.copyOf(open.subList(known, open.size()));
    List<Record> rows = new ArrayList<>();
    rows.addAll(ledger(LedgerRows.ACCEPTED, added));
    rows.addAll(ledger(LedgerRows.RECEIVED, added));
    long nextMs = START_MS + (long) (watermarkMinute * 60_000) - 1;
    for (int tier : TIERS) {
      List<Sample> closing = closing(tier, added, nextMs);
      rows.addAll(rollups(tier, closing));
      if (tier == 10) {
        rows.addAll(ledger(LedgerRows.CLOSED, closing));
        stored += closing.size();
      }
    }
    accepted += added.size();
    watermarkMs = nextMs;
    tables.commit(branch, fault.apply(rows), nextSummary(added.size()));
  }

  /** Of all points so far those whose window ends now, and late ones of this epoch. */
  private List<Sample> closing(int tier, List<Sample> added, long nextMs) {
    List<Sample> closing = new ArrayList<>();
    for (Sample sample : open) {
      long lastMs = sample.window(tier).windowStart().toEpochMilli() + tier * 1000L - 1;
      boolean isEnded = lastMs <= nextMs;
      boolean wasEnded = lastMs <= watermarkMs;
      if (isEnded && (!wasEnded || added.contains(sample))) {
        closing.add(sample);
      }
    }
    return closing;
  }

  private static List<Record> rollups(int tier, List<Sample> samples) {
    Map<RowKey, List<Point>> byKey = new LinkedHashMap<>();
    for (Sample sample : samples) {
      RowKey key = sample.window(tier);
      int offsetMs = (int) (sample.timestampMs() - key.windowStart().toEpochMilli());
      byKey
          .computeIfAbsent(key, window -> new ArrayList<>())
          .add(new Point(offsetMs, sample.value()));
    }
    return byKey.entrySet().stream().map(row -> Rows.rollup(row.getKey(), row.getValue())).toList();
  }

  private static List<Record> ledger(String label, List<Sample> samples) {
    Map<Instant, List<Point>> byMinute = new TreeMap<>();
    for (Sample sample : samples) {
      byMinute
          .computeIfAbsent(sample.window(60).windowStart(), minute -> new ArrayList<>())
          .add(new Point(0, 1));
    }
    List<Record> rows = new ArrayList<>();
    byMinute.forEach(
        (minute, points) ->
            rows.add(
                Rows.rollup(
                    new RowKey(LedgerRows.TIER, label, 1, MetricType.COUNTER, minute), points)));
    return rows;
  }

  private Map<String, String> nextSummary(int added) {
    checkpoint++;
    Map<String, String> summary = summary();
    summary.put(EpochKeys.POINTS_ACCEPTED, Integer.toString(added));
    previous = summary.get(EpochKeys.EPOCH);
    return summary;
  }

  /** What the epoch of this checkpoint says of itself. */
  Map<String, String> summary() {
    Map<String, String> summary = new LinkedHashMap<>();
    summary.put(EpochKeys.LINEAGE, LINEAGE);
    summary.put(EpochKeys.CHECKPOINT, Long.toString(checkpoint));
    summary.put(EpochKeys.EPOCH, checkpoint + "-12345678");
    summary.put(EpochKeys.PREVIOUS, previous);
    summary.put(EpochKeys.WATERMARK_MS, Long.toString(watermarkMs));
    summary.put(EpochKeys.WATERMARK_KIND, "heartbeat");
    summary.put(EpochKeys.TOTAL + "points-accepted", Long.toString(accepted));
    summary.put(EpochKeys.TOTAL + "points-stored", Long.toString(stored));
    return summary;
  }

  /** As if the next epoch had been committed and lost again. */
  void skipCheckpoint() {
    checkpoint++;
    previous = checkpoint + "-12345678";
  }

  long watermarkMs() {
    return watermarkMs;
  }
}
