package tidemark.gateway.query;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import tidemark.serde.feed.FeedRecord;
import tidemark.serde.feed.FeedWriter;
import tidemark.serde.partial.PartialBatch;

/**
 * One attempt of a job: takes points in the order of arrival, closes windows of all tiers as the
 * watermark passes, sends late points as further rows, and feeds what it closes.
 */
final class SampleJob {
  private static final int[] TIERS = {10, 60, 3600};

  /** What a checkpoint holds. */
  record State(int position, long watermarkMs, Map<SampleRow.Key, List<SamplePoint>> open) {
    static final State START = new State(0, Long.MIN_VALUE, Map.of());

    State {
      Map<SampleRow.Key, List<SamplePoint>> copy = new HashMap<>();
      open.forEach((key, points) -> copy.put(key, List.copyOf(points)));
      open = copy;
    }
  }

  private final SampleWorld world;
  private final Random random;
  private final FedTopic topic;
  private final List<FeedWriter> writers = new ArrayList<>();
  private final Map<SampleRow.Key, List<SamplePoint>> open = new HashMap<>();
  private final Map<SampleRow.Key, List<SamplePoint>> late = new HashMap<>();
  private final Set<SampleSeries> known = new HashSet<>();
  private List<SampleRow> closed = new ArrayList<>();
  private final List<SampleSeries> newSeries = new ArrayList<>();
  private int position;
  private long watermarkMs;
  private long maxTimeMs = Long.MIN_VALUE;
  private long after;

  /**
   * @param tasks that share the key groups
   */
  SampleJob(
      SampleWorld world,
      Random random,
      FedTopic topic,
      UUID job,
      long startedMs,
      long restored,
      State state,
      int tasks) {
    this.world = world;
    this.random = random;
    this.topic = topic;
    after = restored;
    position = state.position();
    watermarkMs = state.watermarkMs();
    state.open().forEach((key, points) -> open.put(key, new ArrayList<>(points)));
    for (int i = 0; i < tasks; i++) {
      int first = i * SampleSeries.KEY_GROUPS / tasks;
      int last = (i + 1) * SampleSeries.KEY_GROUPS / tasks - 1;
      FeedWriter writer =
          new FeedWriter(
              job,
              new UUID(random.nextLong(), random.nextLong()),
              startedMs + i,
              restored,
              first,
              last);
      writers.add(writer);
      toAll(new FedTopic.Sent(writer, restored, List.of(), FeedRecord.started(writer)));
    }
  }

  List<FeedWriter> writers() {
    return writers;
  }

  int position() {
    return position;
  }

  boolean isDone() {
    return position == world.arriving().size();
  }

  long watermarkMs() {
    return watermarkMs;
  }

  /** Takes up to so many points, then closes what the watermark has passed. */
  void take(int points) {
    for (int i = 0; i < points && !isDone(); i++) {
      SamplePoint point = world.arriving().get(position++);
      maxTimeMs = Math.max(maxTimeMs, point.timeMs());
      if (known.add(point.series())) {
        newSeries.add(point.series());
        PartialBatch batch = point.series().fed(SampleWorld.START_MS);
        toOne(point.series().keyGroup(), List.of(), batch);
      }
      for (int tier : TIERS) {
        SampleRow.Key key = new SampleRow.Key(tier, point.series(), point.windowStartMs(tier));
        boolean isLate = key.startMs() + tier * 1000L - 1 <= watermarkMs;
        (isLate ? late : open).computeIfAbsent(key, ignored -> new ArrayList<>()).add(point);
      }
    }
    advance(maxTimeMs - 20_000 - random.nextInt(20_000));
  }

  /** Closes all windows whose last millisecond is at or before it, after what was late. */
  void advance(long toMs) {
    sendLate();
    if (toMs <= watermarkMs) {
      return;
    }
    watermarkMs = toMs;
    List<SampleRow> rows = new ArrayList<>();
    open.forEach(
        (key, points) -> rows.add(new SampleRow(key.tier(), key.series(), key.startMs(), points)));
    rows.removeIf(row -> row.endMs() - 1 > toMs);
    rows.forEach(row -> open.remove(row.key()));
    send(rows);
    for (FeedWriter writer : writers) {
      toAll(new FedTopic.Sent(writer, after, List.of(), FeedRecord.watermark(writer, after, toMs)));
    }
  }

  private void sendLate() {
    List<SampleRow> rows = new ArrayList<>();
    late.forEach(
        (key, points) -> rows.add(new SampleRow(key.tier(), key.series(), key.startMs(), points)));
    late.clear();
    send(rows);
  }

  private void send(List<SampleRow> all) {
    List<SampleRow> rows = all.stream().filter(world.isStored()).toList();
    closed.addAll(rows);
    Map<Integer, List<SampleRow>> batches = new TreeMap<>(); // by key group, then tier
    for (SampleRow row : rows) {
      batches
          .computeIfAbsent(
              row.series().keyGroup() * 10_000 + row.tier(), ignored -> new ArrayList<>())
          .add(row);
    }
    batches.forEach((key, batch) -> toOne(key / 10_000, batch, SampleRow.fed(batch)));
  }

  private void toOne(int keyGroup, List<SampleRow> rows, PartialBatch batch) {
    for (FeedWriter writer : writers) {
      if (writer.firstKeyGroup() <= keyGroup && keyGroup <= writer.lastKeyGroup()) {
        topic.send(
            keyGroup % topic.partitions(),
            new FedTopic.Sent(writer, after, rows, FeedRecord.batch(writer, after, batch)));
      }
    }
  }

  private void toAll(FedTopic.Sent sent) {
    for (int i = 0; i < topic.partitions(); i++) {
      topic.send(i, sent);
    }
  }

  /** Passes a barrier; what was late comes before it. */
  State pass(long checkpoint) {
    sendLate();
    after = checkpoint;
    return new State(position, watermarkMs, open);
  }

  /** Rows closed since the last call: what the next epoch stores. */
  List<SampleRow> takeClosed() {
    List<SampleRow> taken = closed;
    closed = new ArrayList<>();
    return taken;
  }

  /** Series seen first since the last call. */
  List<SampleSeries> takeNewSeries() {
    List<SampleSeries> taken = List.copyOf(newSeries);
    newSeries.clear();
    return taken;
  }
}
