package tidemark.jobs;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.Table;
import org.apache.iceberg.util.Tasks;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tidemark.serde.catalog.EpochLog;
import tidemark.serde.catalog.EpochMarker;
import tidemark.serde.catalog.ReplayBranch;
import tidemark.serde.catalog.ReplayOrigin;
import tidemark.serde.catalog.ShadowBranch;
import tidemark.serde.catalog.TableCatalog;
import tidemark.serde.table.EpochKeys;
import tidemark.state.selection.PointSelection;

/**
 * What a shadow counts and reads, settled when its job is submitted.
 *
 * <p>It begins with the first record that may hold a point of its time, and counts only points of
 * that time or later. So of these points it has all that main has, whatever main had read before.
 * It ends at the offsets of an epoch of main: up to there both have read the same records, the late
 * ones among them.
 *
 * @param origin of the branch
 * @param ranges of the points topic, by partition; empty if the job goes on from where it was
 */
record ShadowPlan(ReplayOrigin origin, List<TopicRange> ranges) {
  private static final Logger LOG = LoggerFactory.getLogger(ShadowPlan.class);
  private static final String NO_OFFSETS = "{}";
  private static final int HOURS_AHEAD = 24;
  private static final int MANY = 1_000_000; // the time is the limit
  private static final long LOOK_MS = 1_000;

  ShadowPlan {
    ranges = List.copyOf(ranges);
  }

  /** Asks Kafka from some broker time on. */
  interface Offsets {
    TopicOffsets since(long brokerTimeMs) throws InterruptedException;
  }

  /**
   * Plans a shadow that begins, and makes its branch unless that is there.
   *
   * @param coarser whether it makes rows of rules
   * @param maxFutureMs how far a point may be ahead of its record's broker time
   * @throws IllegalArgumentException if the branch, main or Kafka do not allow it
   */
  static ShadowPlan begin(
      TableCatalog catalog,
      ShadowRequest request,
      ReplayOrigin.Coarser coarser,
      long maxFutureMs,
      Offsets kafka)
      throws InterruptedException {
    Optional<ReplayOrigin> present = present(catalog.rollups(), request);
    EpochMarker main = mainEpoch(catalog.rollups());
    long fromMs = present.map(origin -> origin.selection().fromMs()).orElse(request.fromMs());
    ShadowPlan plan =
        fromMs == ShadowRequest.NEXT_HOUR
            ? fromNextHour(main, coarser, maxFutureMs, kafka)
            : from(fromMs, main, coarser, maxFutureMs, kafka);
    ShadowBranch.create(catalog, request.branch(), present.orElse(plan.origin()));
    LOG.info("shadow {} begins: {}", request.branch(), plan);
    return plan;
  }

  /**
   * Plans a shadow that goes on from its savepoint.
   *
   * @throws IllegalArgumentException if there is no such branch, or it is of another time
   */
  static ShadowPlan resume(TableCatalog catalog, ShadowRequest request) {
    return new ShadowPlan(require(catalog.rollups(), request), List.of());
  }

  private static ReplayOrigin require(Table rollups, ShadowRequest request) {
    return present(rollups, request)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "there is no shadow of branch %s to go on with: start one without a savepoint"
                        .formatted(request.branch())));
  }

  private static Optional<ReplayOrigin> present(Table rollups, ShadowRequest request) {
    if (!ShadowBranch.isShadow(rollups, request.branch())) {
      return Optional.empty();
    }
    Optional<ReplayOrigin> origin = ReplayBranch.origin(rollups, request.branch());
    origin.ifPresent(
        found -> {
          long fromMs = found.selection().fromMs();
          if (request.fromMs() != ShadowRequest.NEXT_HOUR && request.fromMs() != fromMs) {
            throw new IllegalArgumentException(
                "the shadow of branch %s counts from %s on, got %s: name no other time, or remove it and begin again"
                    .formatted(
                        request.branch(),
                        Instant.ofEpochMilli(fromMs),
                        Instant.ofEpochMilli(request.fromMs())));
          }
        });
    return origin;
  }

  private static EpochMarker mainEpoch(Table rollups) {
    return EpochLog.nearest(EpochLog.ancestors(rollups, SnapshotRef.MAIN_BRANCH))
        .filter(marker -> !marker.epoch().isEmpty())
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "main has no epoch to be shadowed: start the main job first"));
  }

  /** The first hour behind main's watermark of which Kafka has every record. */
  private static ShadowPlan fromNextHour(
      EpochMarker main, ReplayOrigin.Coarser coarser, long maxFutureMs, Offsets kafka)
      throws InterruptedException {
    String watermark = main.summary().get(EpochKeys.WATERMARK_MS);
    long watermarkMs = watermark == null ? Long.MIN_VALUE : Long.parseLong(watermark);
    if (watermarkMs < 0 || watermarkMs == Long.MAX_VALUE) {
      throw new IllegalArgumentException(
          "main's watermark is %s, so nobody knows which hour is the next: name the time by %s"
              .formatted(watermark, ShadowOptions.FROM.key()));
    }
    long fromMs = (Math.floorDiv(watermarkMs, ReplayPlan.HOUR_MS) + 1) * ReplayPlan.HOUR_MS;
    for (int ahead = 1; ahead < HOURS_AHEAD; ahead++) {
      try {
        return from(fromMs, main, coarser, maxFutureMs, kafka);
      } catch (IllegalArgumentException e) {
        LOG.info("not from {}: {}", Instant.ofEpochMilli(fromMs), e.getMessage());
        fromMs += ReplayPlan.HOUR_MS;
      }
    }
    return from(fromMs, main, coarser, maxFutureMs, kafka);
  }

  private static ShadowPlan from(
      long fromMs, EpochMarker main, ReplayOrigin.Coarser coarser, long maxFutureMs, Offsets kafka)
      throws InterruptedException {
    long sinceMs = fromMs - maxFutureMs;
    TopicOffsets offsets = kafka.since(sinceMs);
    List<TopicRange> ranges = new ArrayList<>();
    offsets
        .partitions()
        .forEach(
            (partition, there) -> {
              KafkaReplay.requireStart(offsets.topic(), partition, there, sinceMs);
              ranges.add(new TopicRange(offsets.topic(), partition, there.start(), Long.MAX_VALUE));
            });
    ReplayOrigin origin =
        new ReplayOrigin(
            main.snapshotId(),
            main.epoch(),
            NO_OFFSETS,
            new PointSelection(List.of(), List.of(), fromMs, Long.MAX_VALUE),
            coarser);
    return new ShadowPlan(origin, ranges);
  }

  /**
   * Plans the end of a shadow that was stopped with a savepoint: waits until an epoch of main has
   * read all that the shadow has, and measures the branch against that epoch from then on.
   *
   * @throws IllegalArgumentException if the shadow has committed nothing yet
   * @throws IllegalStateException if main did not get there in time
   */
  static ShadowPlan end(TableCatalog catalog, ShadowRequest request, String topic) {
    Table rollups = catalog.rollups();
    ReplayOrigin before = require(rollups, request);
    EpochMarker own =
        ShadowBranch.newestEpoch(rollups, request.branch())
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "the shadow of branch %s has committed nothing yet: start it again and let it run for a checkpoint"
                            .formatted(request.branch())));
    SortedMap<Integer, Long> read = offsets(own, topic);
    EpochMarker base = await(rollups, read, topic, request.waitForMs());
    ReplayOrigin origin =
        new ReplayOrigin(
            base.snapshotId(),
            base.epoch(),
            base.summary().getOrDefault(EpochKeys.OFFSETS, NO_OFFSETS),
            before.selection(),
            before.coarser());
    ShadowBranch.rebase(rollups, request.branch(), origin);
    List<TopicRange> ranges = new ArrayList<>();
    offsets(base, topic)
        .forEach(
            (partition, end) ->
                ranges.add(
                    new TopicRange(
                        topic,
                        partition,
                        read.getOrDefault(partition, TopicRange.FIRST_THERE),
                        end)));
    LOG.info("shadow {} ends at epoch {} of main: {}", request.branch(), base.epoch(), ranges);
    return new ShadowPlan(origin, ranges);
  }

  /** An epoch of main that has read as much. */
  private static EpochMarker await(
      Table rollups, SortedMap<Integer, Long> read, String topic, long waitForMs) {
    List<EpochMarker> found = new ArrayList<>();
    Tasks.foreach(rollups)
        .retry(MANY)
        .exponentialBackoff(LOOK_MS, LOOK_MS, waitForMs, 1.0)
        .onlyRetryOn(IllegalStateException.class)
        .run(
            table -> {
              table.refresh();
              EpochMarker marker = mainEpoch(table);
              SortedMap<Integer, Long> main = offsets(marker, topic);
              for (Map.Entry<Integer, Long> own : read.entrySet()) {
                if (main.getOrDefault(own.getKey(), 0L) < own.getValue()) {
                  throw new IllegalStateException(
                      "main has read %s/%d up to offset %s and the shadow up to %d: see that the main job runs, and stop the shadow again"
                          .formatted(topic, own.getKey(), main.get(own.getKey()), own.getValue()));
                }
              }
              found.add(marker);
            });
    return found.get(0);
  }

  private static SortedMap<Integer, Long> offsets(EpochMarker marker, String topic) {
    return ReplayPlan.offsets(
            marker.epoch(), marker.summary().getOrDefault(EpochKeys.OFFSETS, NO_OFFSETS))
        .getOrDefault(topic, new TreeMap<>());
  }
}
