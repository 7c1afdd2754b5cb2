package tidemark.jobs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.util.JsonUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tidemark.operators.replay.ArchivePlan;
import tidemark.operators.replay.ArchiveSplit;
import tidemark.serde.catalog.EpochLog;
import tidemark.serde.catalog.EpochMarker;
import tidemark.serde.catalog.ReplayBranch;
import tidemark.serde.catalog.ReplayOrigin;
import tidemark.serde.catalog.TableCatalog;
import tidemark.serde.definition.DefinitionLimits;
import tidemark.serde.definition.DefinitionSet;
import tidemark.serde.manifest.ArchiveManifest;
import tidemark.serde.manifest.ArchivedRange;
import tidemark.serde.table.EpochKeys;
import tidemark.state.selection.PointSelection;

/**
 * What a replay reads: the archive up to the offsets of the epoch that it is measured against, as
 * far as it may hold points of the selection. Follows from the branch's origin, so that whoever
 * submits the job again reads the same.
 *
 * @param selection points that are counted
 * @param archive ranges of files, by partition
 * @param rules by which coarser series are made
 */
record ReplayPlan(PointSelection selection, ArchivePlan archive, DefinitionSet rules) {
  static final long HOUR_MS = 3_600_000L;

  private static final Logger LOG = LoggerFactory.getLogger(ReplayPlan.class);
  private static final TypeReference<TreeMap<String, SortedMap<Integer, Long>>> OFFSETS =
      new TypeReference<>() {};

  /**
   * Plans a replay and makes its branch, unless that is there already for the same.
   *
   * @param control definitions, read if they are needed
   * @param limits of definitions in the live job
   * @throws IllegalArgumentException if the branch, the epoch or the archive do not allow it
   */
  static ReplayPlan make(
      TableCatalog catalog,
      ReplayRequest request,
      ControlHistory.Reading control,
      DefinitionLimits limits)
      throws IOException {
    Table archive = catalog.archive();
    var archived =
        archive.currentSnapshot() == null
            ? new TreeMap<String, SortedMap<Integer, Long>>()
            : ArchiveManifest.ends(archive);
    Ruled ruled =
        origin(catalog, request, control, limits, offsets -> behind(archived, offsets).isEmpty());
    ReplayOrigin origin = ruled.origin();
    Optional<Snapshot> snapshot = ReplayBranch.archiveSnapshot(archive, request.branch());
    if (snapshot.isEmpty()) {
      snapshot = Optional.ofNullable(archive.currentSnapshot());
    }
    ReplayPlan plan =
        new ReplayPlan(
            origin.selection(), archive(archive, snapshot, offsets(origin), origin), ruled.rules());
    ReplayBranch.create(catalog, request.branch(), origin);
    if (snapshot.isPresent()) {
      ReplayBranch.holdArchive(archive, request.branch(), snapshot.get().snapshotId());
    }
    LOG.info(
        "replay of {} up to epoch {} into branch {}: {} partitions, {} MB",
        origin.selection(),
        origin.baseEpoch(),
        request.branch(),
        plan.archive().splits().size(),
        plan.archive().weight() >> 20);
    return plan;
  }

  /** Whether all records before some offsets can be read. */
  interface Reach {
    boolean has(SortedMap<String, SortedMap<Integer, Long>> offsets);
  }

  /** An origin, and the rules that follow from it. */
  record Ruled(ReplayOrigin origin, DefinitionSet rules) {}

  /**
   * The branch's origin, or the one that it is to get.
   *
   * @throws IllegalArgumentException if the branch or the epoch do not allow it
   */
  static Ruled origin(
      TableCatalog catalog,
      ReplayRequest request,
      ControlHistory.Reading control,
      DefinitionLimits limits,
      Reach reach)
      throws IOException {
    Table rollups = catalog.rollups();
    Optional<ReplayOrigin> again = ReplayBranch.origin(rollups, request.of());
    Optional<ReplayOrigin> present = ReplayBranch.origin(rollups, request.branch());
    ReplayOrigin origin =
        again.isPresent() ? again(again.get(), request) : origin(rollups, request, present, reach);
    if (origin.coarser() == ReplayOrigin.Coarser.NONE) {
      return new Ruled(origin, DefinitionSet.empty());
    }
    ControlHistory history = control.read();
    if (again.isEmpty() && present.isEmpty()) {
      origin = withRules(origin, history, limits);
    }
    DefinitionSet rules = history.rules(origin, limits);
    requireSame(origin, history, rules);
    return new Ruled(origin, rules);
  }

  private static ReplayOrigin withRules(
      ReplayOrigin origin, ControlHistory history, DefinitionLimits limits) {
    DefinitionSet rules = history.rules(ruled(origin, history.end(), Set.of(), ""), limits);
    boolean isNamed = origin.coarser() == ReplayOrigin.Coarser.AS_IT_IS;
    return ruled(
        origin,
        history.end(),
        isNamed ? ControlHistory.names(rules) : Set.of(),
        ControlHistory.hash(rules));
  }

  private static ReplayOrigin ruled(
      ReplayOrigin origin, long controlEnd, Set<ReplayOrigin.Rule> names, String hash) {
    return new ReplayOrigin(
        origin.base(),
        origin.baseEpoch(),
        origin.offsetsJson(),
        origin.selection(),
        origin.coarser(),
        controlEnd,
        names,
        hash);
  }

  private static void requireSame(
      ReplayOrigin origin, ControlHistory history, DefinitionSet rules) {
    if (history.end() < origin.controlEnd()
        || !ControlHistory.hash(rules).equals(origin.definitionsHash())) {
      throw new IllegalArgumentException(
          "the control topic, which ends at offset %d, has other rules than when the branch was made, up to %d: name the topic and the limits that it was made with, or replay into another branch"
              .formatted(history.end(), origin.controlEnd()));
    }
  }

  /** A plan of a replay that does not read the archive. */
  static ReplayPlan withoutArchive(ReplayOrigin origin, DefinitionSet rules) {
    return new ReplayPlan(origin.selection(), new ArchivePlan(List.of()), rules);
  }

  /** What another replay has computed, once more. */
  private static ReplayOrigin again(ReplayOrigin origin, ReplayRequest request) {
    if (!request.selection().equals(PointSelection.ALL)) {
      throw new IllegalArgumentException(
          "branch %s is a replay's, whose selection is taken again: name none, got %s"
              .formatted(request.of(), request.selection()));
    }
    if (request.rules() != ReplayOptions.Rules.NONE
        && request.rules().coarser() != origin.coarser()) {
      throw new IllegalArgumentException(
          "branch %s is a replay's, whose rules are taken again: leave %s out, got %s"
              .formatted(request.of(), ReplayOptions.RULES.key(), request.rules()));
    }
    return origin;
  }

  private static ReplayOrigin origin(
      Table rollups, ReplayRequest request, Optional<ReplayOrigin> present, Reach reach) {
    present.ifPresent(origin -> requireSame(origin, request));
    return present.orElseGet(() -> newOrigin(rollups, request, reach));
  }

  /** A replay that named no end has got one when its branch was made. */
  private static void requireSame(ReplayOrigin origin, ReplayRequest request) {
    PointSelection wanted = request.selection();
    if (wanted.toMs() == Long.MAX_VALUE) {
      wanted =
          new PointSelection(
              wanted.orgs(), wanted.metrics(), wanted.fromMs(), origin.selection().toMs());
    }
    if (!wanted.equals(origin.selection())) {
      throw new IllegalArgumentException(
          "branch %s is there already and was made for %s, got %s: choose another name, or remove it"
              .formatted(request.branch(), origin.selection(), wanted));
    }
    if (request.rules().coarser() != origin.coarser()) {
      throw new IllegalArgumentException(
          "branch %s is there already and was made with coarser series %s, got %s %s: choose another name, or remove it"
              .formatted(
                  request.branch(), origin.coarser(), ReplayOptions.RULES.key(), request.rules()));
    }
  }

  /**
   * The newest epoch whose records can be read; the newest of all if there is none, which then is
   * refused with the reason.
   */
  private static Optional<EpochMarker> base(Table rollups, String branch, Reach reach) {
    for (Snapshot snapshot : EpochLog.ancestors(rollups, branch)) {
      Optional<EpochMarker> marker =
          EpochMarker.of(snapshot).filter(found -> !found.epoch().isEmpty());
      if (marker.isPresent()
          && reach.has(offsets(marker.get().epoch(), offsetsJson(marker.get())))) {
        return marker;
      }
    }
    return EpochLog.nearest(EpochLog.ancestors(rollups, branch))
        .filter(marker -> !marker.epoch().isEmpty());
  }

  private static String offsetsJson(EpochMarker marker) {
    return marker.summary().getOrDefault(EpochKeys.OFFSETS, "{}");
  }

  private static ReplayOrigin newOrigin(Table rollups, ReplayRequest request, Reach reach) {
    EpochMarker base =
        base(rollups, request.of(), reach)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "branch %s has no epoch to measure a replay against"
                            .formatted(request.of())));
    long closedMs = closedMs(base);
    PointSelection wanted = request.selection();
    if (wanted.toMs() != Long.MAX_VALUE && wanted.toMs() > closedMs) {
      throw new IllegalArgumentException(
          "%s must be at most %s, up to where epoch %s of branch %s has closed all hours, got %s: name an earlier end, or wait"
              .formatted(
                  ReplayOptions.TO.key(),
                  Instant.ofEpochMilli(closedMs),
                  base.epoch(),
                  request.of(),
                  Instant.ofEpochMilli(wanted.toMs())));
    }
    long toMs = Math.min(wanted.toMs(), closedMs);
    if (wanted.fromMs() >= toMs) {
      throw new IllegalArgumentException(
          "epoch %s of branch %s has closed no hour from %s on: name an earlier time, or wait"
              .formatted(base.epoch(), request.of(), Instant.ofEpochMilli(wanted.fromMs())));
    }
    return new ReplayOrigin(
        base.snapshotId(),
        base.epoch(),
        offsetsJson(base),
        new PointSelection(wanted.orgs(), wanted.metrics(), wanted.fromMs(), toMs),
        request.rules().coarser());
  }

  /**
   * Up to where every hour stands in the tables: what is still open would be in the branch, and
   * come to the other one later.
   */
  private static long closedMs(EpochMarker base) {
    String watermark = base.summary().get(EpochKeys.WATERMARK_MS);
    long watermarkMs = watermark == null ? Long.MIN_VALUE : Long.parseLong(watermark);
    if (watermarkMs == Long.MAX_VALUE) {
      return Long.MAX_VALUE;
    }
    long endMs = Math.max(0, watermarkMs + 1);
    return endMs - Math.floorMod(endMs, HOUR_MS);
  }

  /** Next offsets of the base, by topic and partition. */
  static SortedMap<String, SortedMap<Integer, Long>> offsets(ReplayOrigin origin) {
    return offsets(origin.baseEpoch(), origin.offsetsJson());
  }

  /** Next offsets of an epoch, by topic and partition. */
  static SortedMap<String, SortedMap<Integer, Long>> offsets(String epoch, String json) {
    try {
      return JsonUtil.mapper().readValue(json, OFFSETS);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(
          "the offsets of epoch %s are no JSON: %s".formatted(epoch, json), e);
    }
  }

  private static ArchivePlan archive(
      Table archive,
      Optional<Snapshot> snapshot,
      SortedMap<String, SortedMap<Integer, Long>> offsets,
      ReplayOrigin origin)
      throws IOException {
    SortedMap<String, SortedMap<Integer, Long>> ends =
        snapshot.isPresent()
            ? ArchiveManifest.ends(archive, snapshot.get().snapshotId())
            : new TreeMap<>();
    requireReach(ends, offsets, origin);
    Map<String, List<ArchivedRange>> byPartition = new TreeMap<>();
    if (snapshot.isPresent()) {
      for (ArchivedRange range :
          ArchiveManifest.ranges(archive, snapshot.get().snapshotId(), origin.selection())) {
        long end =
            offsets
                .getOrDefault(range.topic(), new TreeMap<>())
                .getOrDefault(range.partition(), 0L);
        if (range.from() < end) {
          byPartition
              .computeIfAbsent(range.topic() + "/" + range.partition(), key -> new ArrayList<>())
              .add(range.to() > end ? range.of(range.from(), end) : range);
        }
      }
    }
    List<ArchiveSplit> splits = new ArrayList<>();
    byPartition.values().forEach(ranges -> split(ranges).ifPresent(splits::add));
    return new ArchivePlan(splits);
  }

  private static void requireReach(
      SortedMap<String, SortedMap<Integer, Long>> ends,
      SortedMap<String, SortedMap<Integer, Long>> offsets,
      ReplayOrigin origin) {
    List<String> behind = behind(ends, offsets);
    if (!behind.isEmpty()) {
      throw new IllegalArgumentException(
          "the archive does not reach epoch %s yet, it is %s: let the archive job run on, and replay then"
              .formatted(origin.baseEpoch(), String.join(", ", behind)));
    }
  }

  private static List<String> behind(
      SortedMap<String, SortedMap<Integer, Long>> ends,
      SortedMap<String, SortedMap<Integer, Long>> offsets) {
    List<String> behind = new ArrayList<>();
    offsets.forEach(
        (topic, ofTopic) ->
            ofTopic.forEach(
                (partition, wanted) -> {
                  long end = ends.getOrDefault(topic, new TreeMap<>()).getOrDefault(partition, 0L);
                  if (end < wanted) {
                    behind.add("%s/%d at %d of %d".formatted(topic, partition, end, wanted));
                  }
                }));
    return behind;
  }

  /**
   * One partition's ranges. What was lost before the first record of the archive may never have
   * been anybody's; a gap behind it is a loss.
   */
  private static Optional<ArchiveSplit> split(List<ArchivedRange> rows) {
    List<ArchiveSplit.Range> ranges = new ArrayList<>();
    ArchivedRange first = rows.get(0);
    requireNotExpired(rows);
    for (ArchivedRange row : rows) {
      if (row.kind() == ArchivedRange.Kind.RECORDS) {
        ranges.add(range(row));
      } else if (row.kind() == ArchivedRange.Kind.GAP && row.from() > 0) {
        throw new IllegalArgumentException(
            "the archive lacks %s/%d from offset %d to %d, which Kafka had dropped before they were read: what is replayed would lack them, too"
                .formatted(row.topic(), row.partition(), row.from(), row.to()));
      } else if (row.kind() == ArchivedRange.Kind.GAP) {
        LOG.warn(
            "the archive of {}/{} begins at offset {}", row.topic(), row.partition(), row.to());
      }
    }
    return ranges.isEmpty()
        ? Optional.empty()
        : Optional.of(ArchiveSplit.of(first.topic(), first.partition(), ranges));
  }

  private static void requireNotExpired(List<ArchivedRange> rows) {
    List<ArchivedRange> expired =
        rows.stream()
            .filter(row -> row.kind() == ArchivedRange.Kind.EXPIRED)
            .filter(row -> row.latestMs() != ArchivedRange.NO_LATEST_MS)
            .toList();
    if (!expired.isEmpty()) {
      ArchivedRange first = expired.get(0);
      long newestMs = expired.stream().mapToLong(ArchivedRange::latestMs).max().getAsLong();
      throw new IllegalArgumentException(
          "the archive of %s/%d expired by retention up to offset %d, and may have held points of the replay: begin at %s or later with %s"
              .formatted(
                  first.topic(),
                  first.partition(),
                  expired.get(expired.size() - 1).to(),
                  Instant.ofEpochMilli((Math.floorDiv(newestMs, HOUR_MS) + 1) * HOUR_MS),
                  ReplayOptions.FROM.key()));
    }
  }

  private static ArchiveSplit.Range range(ArchivedRange row) {
    long all = row.summary().to() - row.summary().from();
    double share = all == 0 ? 0 : Math.min(1, (double) (row.to() - row.from()) / all);
    return new ArchiveSplit.Range(
        row.file(),
        row.fileBytes(),
        row.from(),
        row.to(),
        (long) (row.summary().payloadBytes() * share));
  }
}
