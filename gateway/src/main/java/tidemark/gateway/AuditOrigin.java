package tidemark.gateway;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.iceberg.Snapshot;
import tidemark.serde.catalog.EpochMarker;
import tidemark.serde.table.EpochKeys;
import tidemark.serde.table.LedgerRows;

/**
 * Finds the epoch to look at when numbers differ: walks the commits that brought rows of that org
 * and time, and stops where the two counts should be equal and are not. When files were folded in
 * between, or only contents differ, it is the first commit whose files hold such rows.
 */
final class AuditOrigin {
  private final QueryEngine engine;
  private final AuditFiles files;
  private final Map<Path, String> locations;

  /**
   * @param locations by local path: all files that the engine may open
   */
  AuditOrigin(QueryEngine engine, AuditFiles files, Map<Path, String> locations) {
    this.engine = engine;
    this.files = files;
    this.locations = locations;
  }

  AuditDifference locate(AuditDifference difference) {
    SortedMap<Long, Map<String, Long>> bySequence = points(difference);
    return firstDiffering(difference, bySequence)
        .or(() -> bySequence.keySet().stream().flatMap(at -> files.commit(at).stream()).findFirst())
        .map(commit -> difference.first(AuditEpoch.of(commit)))
        .orElse(difference);
  }

  private static long windowMs(AuditDifference difference) {
    return difference.stage() == AuditStage.ONE_HOUR ? AuditRange.HOUR_MS : AuditRange.MINUTE_MS;
  }

  /** By commit: points by what counted them, or by tier. */
  private SortedMap<Long, Map<String, Long>> points(AuditDifference difference) {
    long atMs = difference.at().orElseThrow().toEpochMilli();
    AuditRange range = new AuditRange(atMs, atMs + windowMs(difference));
    SortedMap<Long, Map<String, Long>> points = new TreeMap<>();
    for (List<Object> row :
        engine
            .query(
                AuditSql.pointsByFile(
                    List.copyOf(locations.keySet()), difference.org().orElseThrow(), range))
            .rows()) {
      for (long sequence : files.sequences(locations.get(Path.of((String) row.get(0))))) {
        points
            .computeIfAbsent(sequence, key -> new HashMap<>())
            .merge((String) row.get(1), (Long) row.get(2), Long::sum);
      }
    }
    return points;
  }

  private Optional<Snapshot> firstDiffering(
      AuditDifference difference, SortedMap<Long, Map<String, Long>> bySequence) {
    List<String> pair = pair(difference.stage());
    long lastMs = difference.at().orElseThrow().toEpochMilli() + windowMs(difference) - 1;
    Map<String, Long> soFar = new HashMap<>();
    for (Map.Entry<Long, Map<String, Long>> commit : bySequence.entrySet()) {
      Optional<Snapshot> snapshot = files.commit(commit.getKey());
      if (snapshot.isEmpty() || isRewrite(snapshot.get())) {
        return Optional.empty(); // rows stand where they were folded, not where they came from
      }
      commit.getValue().forEach((what, points) -> soFar.merge(what, points, Long::sum));
      boolean mustBeEqual =
          isAlwaysEqual(difference.stage()) || watermarkMs(snapshot.get()) >= lastMs;
      if (mustBeEqual
          && !soFar.getOrDefault(pair.get(0), 0L).equals(soFar.getOrDefault(pair.get(1), 0L))) {
        return snapshot;
      }
    }
    return Optional.empty();
  }

  private static List<String> pair(AuditStage stage) {
    return switch (stage) {
      case ADMIT -> List.of(LedgerRows.ACCEPTED, LedgerRows.RECEIVED);
      case ROLL_UP -> List.of(LedgerRows.RECEIVED, LedgerRows.CLOSED);
      case STORE -> List.of(LedgerRows.CLOSED, "10");
      case ONE_MINUTE -> List.of("10", "60");
      case ONE_HOUR -> List.of("60", "3600");
      case COMMIT -> throw new IllegalArgumentException("a commit is its own origin");
    };
  }

  /** Whether both counts of a step are of the same epoch. */
  private static boolean isAlwaysEqual(AuditStage stage) {
    return stage == AuditStage.ADMIT || stage == AuditStage.STORE;
  }

  private static boolean isRewrite(Snapshot snapshot) {
    return snapshot.operation().equals("replace") || snapshot.operation().equals("overwrite");
  }

  private static long watermarkMs(Snapshot snapshot) {
    return EpochMarker.of(snapshot)
        .map(marker -> marker.summary().get(EpochKeys.WATERMARK_MS))
        .map(Long::parseLong)
        .orElse(Long.MIN_VALUE);
  }
}
