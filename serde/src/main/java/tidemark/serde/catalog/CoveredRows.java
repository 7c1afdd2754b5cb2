package tidemark.serde.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Table;
import org.apache.iceberg.util.JsonUtil;
import tidemark.serde.table.LedgerRows;
import tidemark.serde.table.RollupsTable;
import tidemark.state.definition.CoarserSeries;
import tidemark.state.selection.PointSelection;

/**
 * The rows of the rollups table that a replay stands for: what is compared and what is replaced.
 *
 * <p>Beside the origin's selection two things bound it. Windows that were open at the base are not
 * stored there, so it ends at the last full hour before the base's watermark. And days that
 * retention has dropped are gone on purpose.
 *
 * @param origin what was recomputed
 * @param fromMs start of the first window, at a full hour or without bound
 * @param toMs end of the last window, likewise
 * @param keptFromMs by tier: start of the first day that retention keeps
 */
public record CoveredRows(
    ReplayOrigin origin, long fromMs, long toMs, Map<Integer, Long> keptFromMs)
    implements Serializable {
  private static final long HOUR_MS = 3_600_000L;
  private static final long DAY_MS = 86_400_000L;
  private static final int[] TIERS = {LedgerRows.TIER, 10, 60, 3600};

  /** Bounds of texts in manifests are cut off at this length. */
  private static final int EXACT_BYTES = 15;

  /** How much of a file is covered, as far as its statistics tell. */
  public enum Extent {
    NONE,
    SOME,
    ALL
  }

  public CoveredRows {
    keptFromMs = Map.copyOf(keptFromMs);
    if (fromMs >= toMs) {
      throw new IllegalArgumentException(
          "nothing is left of the replay's range, which begins at %d and ends at %d: it must end after it begins, and not after the last full hour that was closed at the base"
              .formatted(fromMs, toMs));
    }
  }

  /**
   * All that a replay stands for.
   *
   * @param baseRef tag of the base
   */
  public static CoveredRows of(Table rollups, ReplayOrigin origin, String baseRef) {
    OptionalLong watermarkMs = BranchHead.watermarkMs(rollups, baseRef);
    if (watermarkMs.isEmpty()) {
      throw new IllegalArgumentException(
          "the base %s is no epoch of a job, so nobody knows which of its windows were closed"
              .formatted(baseRef));
    }
    long closedMs = watermarkMs.getAsLong();
    if (closedMs != Long.MAX_VALUE) {
      closedMs = Math.floorDiv(closedMs, HOUR_MS) * HOUR_MS;
    }
    Map<Integer, Long> kept = new TreeMap<>();
    for (int tier : TIERS) {
      String day = rollups.properties().get(RollupsTable.keptFromProperty(tier));
      if (day != null) {
        kept.put(
            tier, LocalDate.parse(day).atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli());
      }
    }
    PointSelection selection = origin.selection();
    return new CoveredRows(origin, selection.fromMs(), Math.min(selection.toMs(), closedMs), kept);
  }

  /** The part of it between two times, which must be full hours. */
  public CoveredRows within(long from, long to) {
    if ((from != Long.MIN_VALUE && Math.floorMod(from, HOUR_MS) != 0)
        || (to != Long.MAX_VALUE && Math.floorMod(to, HOUR_MS) != 0)) {
      throw new IllegalArgumentException(
          "a range must begin and end at full hours, got %d to %d".formatted(from, to));
    }
    return new CoveredRows(origin, Math.max(fromMs, from), Math.min(toMs, to), keptFromMs);
  }

  public boolean coversSeries(int tierSeconds, String org, String metric) {
    return origin.covers(tierSeconds, org, metric);
  }

  public boolean coversWindow(int tierSeconds, long startMs) {
    return startMs >= fromMs(tierSeconds) && (startMs < toMs || toMs == Long.MAX_VALUE);
  }

  private long fromMs(int tierSeconds) {
    return Math.max(fromMs, keptFromMs.getOrDefault(tierSeconds, Long.MIN_VALUE));
  }

  /** What the description of a file, with its column statistics, says of its rows. */
  public Extent extent(DataFile file) {
    int tier = file.partition().get(0, Integer.class);
    long firstMs = firstWindowMs(file);
    long lastMs = lastWindowMs(file);
    boolean isOutside = lastMs < fromMs(tier) || (firstMs >= toMs && toMs != Long.MAX_VALUE);
    if (isOutside || (tier == LedgerRows.TIER && !origin.selection().isOfAllMetrics())) {
      return Extent.NONE;
    }
    String org = onlyText(file, RollupsTable.ORG);
    String metric = onlyText(file, RollupsTable.METRIC);
    if (org != null && !origin.selection().takesOrg(org)) {
      return Extent.NONE;
    }
    if (org != null && metric != null && !coversSeries(tier, org, metric)) {
      return Extent.NONE;
    }
    boolean isWithin = coversWindow(tier, firstMs) && coversWindow(tier, lastMs);
    return isWithin && coversAllSeries(tier, org, metric) ? Extent.ALL : Extent.SOME;
  }

  private boolean coversAllSeries(int tier, String org, String metric) {
    if (org != null && metric != null) {
      return coversSeries(tier, org, metric);
    }
    PointSelection selection = origin.selection();
    boolean isOfAllOrgs = selection.orgs().isEmpty() || (org != null && selection.takesOrg(org));
    boolean isOfAllNames =
        tier == LedgerRows.TIER
            || (metric != null && org != null)
            || (selection.isOfAllMetrics() && origin.coarser() == ReplayOrigin.Coarser.AS_IT_WAS)
            || (selection.isOfAllMetrics() && metric != null && !CoarserSeries.isName(metric));
    return isOfAllOrgs && isOfAllNames;
  }

  /** Earliest start of a window in a file, as its description says. */
  public static long firstWindowMs(DataFile file) {
    return windowMs(file.lowerBounds(), file.partition().get(1, Integer.class) * DAY_MS);
  }

  /** Latest start of a window in a file, as its description says. */
  public static long lastWindowMs(DataFile file) {
    long dayMs = file.partition().get(1, Integer.class) * DAY_MS;
    return windowMs(file.upperBounds(), dayMs + DAY_MS - 1);
  }

  /** As tasks of a job hand it to each other. */
  public String toJson() {
    ObjectNode json = JsonUtil.mapper().createObjectNode();
    json.put("origin", origin.toJson());
    json.put("from_ms", fromMs);
    json.put("to_ms", toMs);
    ObjectNode kept = json.putObject("kept_from_ms");
    keptFromMs.forEach((tier, ms) -> kept.put(tier.toString(), ms));
    return json.toString();
  }

  public static CoveredRows ofJson(String text) throws IOException {
    JsonNode json = JsonUtil.mapper().readTree(text);
    Map<Integer, Long> kept = new TreeMap<>();
    json.path("kept_from_ms")
        .properties()
        .forEach(tier -> kept.put(Integer.valueOf(tier.getKey()), tier.getValue().asLong()));
    return new CoveredRows(
        ReplayOrigin.ofJson(json.path("origin").asText()),
        json.path("from_ms").asLong(),
        json.path("to_ms").asLong(),
        kept);
  }

  /** A file without bounds may be anywhere in its day. */
  private static long windowMs(Map<Integer, ByteBuffer> bounds, long unknownMs) {
    ByteBuffer bound = bounds == null ? null : bounds.get(RollupsTable.WINDOW_START);
    return bound == null
        ? unknownMs
        : Math.floorDiv(
            bound.duplicate().order(ByteOrder.LITTLE_ENDIAN).getLong(bound.position()), 1000L);
  }

  /** The one text that a column holds; null if it may hold several. */
  private static String onlyText(DataFile file, int fieldId) {
    ByteBuffer low = file.lowerBounds() == null ? null : file.lowerBounds().get(fieldId);
    ByteBuffer high = file.upperBounds() == null ? null : file.upperBounds().get(fieldId);
    boolean isOne = low != null && low.equals(high) && low.remaining() <= EXACT_BYTES;
    return isOne ? StandardCharsets.UTF_8.decode(low.duplicate()).toString() : null;
  }
}
