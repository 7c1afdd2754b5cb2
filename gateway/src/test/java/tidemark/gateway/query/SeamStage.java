package tidemark.gateway.query;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import tidemark.gateway.StoredTables;

/**
 * A job with its tables and its feed, to which everything happens that may: attempts that die,
 * zombies, savepoints, rollback, another lineage, compaction, commits late or never. Which of it,
 * and when, follows from a seed.
 */
final class SeamStage {
  /** An epoch whose checkpoint is complete, and which waits for its commit. */
  private record Pending(
      long checkpoint, long watermarkMs, List<SampleRow> rows, List<SampleSeries> series) {}

  private final SampleWorld world;
  private final Random random;
  private final StoredTables tables;
  private final FedTopic topic;
  private final SampleHistory history;
  private final TreeMap<Long, SampleJob.State> states = new TreeMap<>();
  private final Deque<Pending> pending = new ArrayDeque<>();
  private final List<SampleJob> zombies = new ArrayList<>();
  private List<SampleRow> ofOtherLineages = List.of();
  private String lineage = "lineage-1";
  private UUID jobId;
  private SampleJob job;
  private long restored;
  private long nextCheckpoint = 1;
  private long startedMs = 1_000;
  private boolean isFenced;
  private boolean isRolledBack;

  SeamStage(SampleWorld world, Random random, StoredTables tables, FedTopic topic) {
    this.world = world;
    this.random = random;
    this.tables = tables;
    this.topic = topic;
    history = new SampleHistory(tables);
    states.put(0L, SampleJob.State.START);
    jobId = newId();
    start(0);
    fence();
    if (random.nextBoolean()) {
      // a job that nobody knows writes to the same topic
      zombies.add(
          new SampleJob(
              world, random, topic, newId(), startedMs + 500, 0, SampleJob.State.START, 2));
    }
  }

  SampleHistory history() {
    return history;
  }

  /** Whether the tables were set back and the job that goes on from there is not named by them. */
  boolean isRolledBack() {
    return isRolledBack;
  }

  boolean isFirstLineage() {
    return ofOtherLineages.isEmpty();
  }

  UUID jobId() {
    return jobId;
  }

  private UUID newId() {
    return new UUID(random.nextLong(), random.nextLong());
  }

  private void start(long checkpoint) {
    startedMs += 1_000;
    restored = checkpoint;
    job =
        new SampleJob(
            world,
            random,
            topic,
            jobId,
            startedMs,
            checkpoint,
            states.get(checkpoint),
            1 + random.nextInt(3));
    isFenced = false;
  }

  private void fence() {
    if (!isFenced) {
      history.fence(lineage, jobId, restored);
      isFenced = true;
      isRolledBack = false;
    }
  }

  /** Does something; returns what, for a failing test to tell. */
  String step() {
    int dice = random.nextInt(100);
    if (dice < 30) {
      job.take(1 + random.nextInt(60));
      return "take";
    }
    if (dice < 60) {
      int partition = random.nextInt(topic.partitions());
      topic.read(partition, 1 + random.nextInt(12));
      return "read partition " + partition;
    }
    if (dice < 74) {
      return barrier(random.nextInt(4) != 0);
    }
    if (dice < 84) {
      return commit();
    }
    if (dice < 88) {
      return restart();
    }
    if (dice < 91) {
      return resume();
    }
    if (dice < 93) {
      return rollBack();
    }
    if (dice < 94) {
      return newLineage();
    }
    if (dice < 96 && !history.head().orElseThrow().rows().isEmpty()) {
      history.compact();
      return "compact";
    }
    return zombie();
  }

  private String barrier(boolean isCompleted) {
    long checkpoint = nextCheckpoint++;
    SampleJob.State state = job.pass(checkpoint);
    if (!isCompleted) {
      return "checkpoint " + checkpoint + " fails";
    }
    fence(); // rows of a job that never reached the tables would not count
    states.put(checkpoint, state);
    pending.add(
        new Pending(checkpoint, state.watermarkMs(), job.takeClosed(), job.takeNewSeries()));
    return "checkpoint " + checkpoint;
  }

  private String commit() {
    fence();
    Pending epoch = pending.poll();
    if (epoch == null) {
      return "fence";
    }
    if (!epoch.series().isEmpty()) {
      tables.commitSeries(
          epoch.series().stream().map(series -> series.stored(SampleWorld.START_MS)).toList());
    }
    history.epoch(lineage, jobId, epoch.checkpoint(), epoch.watermarkMs(), epoch.rows());
    return "commit " + epoch.checkpoint();
  }

  private void die() {
    if (random.nextBoolean()) {
      zombies.add(job);
    }
  }

  private String restart() {
    die();
    start(states.lastKey());
    return "restart from " + restored;
  }

  private String resume() {
    die();
    jobId = newId();
    nextCheckpoint = states.lastKey() + 1;
    start(states.lastKey());
    return "resume as another job from " + restored;
  }

  private String rollBack() {
    List<SampleHistory.Version> known = new ArrayList<>();
    Optional<SampleHistory.Version> at = history.head();
    while (at.isPresent() && at.get().newest(lineage).isPresent()) {
      known.add(at.get());
      at = at.get().parent();
    }
    SampleHistory.Version version = known.get(random.nextInt(known.size()));
    die();
    history.rollBack(version);
    isRolledBack = true;
    pending.clear();
    long checkpoint = version.newest(lineage).orElseThrow().checkpoint();
    states.tailMap(checkpoint, false).clear();
    nextCheckpoint = checkpoint + 1;
    jobId = newId();
    start(checkpoint);
    return "roll back to " + checkpoint;
  }

  private String newLineage() {
    die();
    ofOtherLineages = history.head().orElseThrow().rows();
    lineage = "lineage-" + newId();
    jobId = newId();
    pending.clear();
    states.clear();
    states.put(0L, SampleJob.State.START);
    nextCheckpoint = 1;
    start(0);
    fence();
    return "another lineage";
  }

  private String zombie() {
    if (zombies.isEmpty()) {
      return "nothing";
    }
    SampleJob zombie = zombies.get(random.nextInt(zombies.size()));
    if (random.nextInt(4) == 0) {
      zombie.pass(nextCheckpoint - 1 + random.nextInt(2));
      return "a zombie passes a barrier";
    }
    zombie.take(30);
    return "a zombie sends";
  }

  /** Ends well: all is closed, stored and read. */
  void end() {
    job.advance(job.watermarkMs() + 10_000);
    barrier(true);
    while (!pending.isEmpty()) {
      commit();
    }
    job.advance(job.watermarkMs() + 10_000);
    drain();
  }

  void drain() {
    for (int i = 0; i < topic.partitions(); i++) {
      topic.read(i, Integer.MAX_VALUE);
    }
  }

  /**
   * Every point in a closed window of 10 s, each once: what must be seen if the feed was read up to
   * now and the tables name the job, whatever happened before.
   */
  List<SampleRow> truth() {
    List<SampleRow> rows = new ArrayList<>(ofOtherLineages);
    for (SamplePoint point : world.arriving().subList(0, job.position())) {
      SampleRow row = new SampleRow(10, point.series(), point.windowStartMs(10), List.of(point));
      if (row.endMs() - 1 <= job.watermarkMs()) {
        rows.add(row);
      }
    }
    return rows;
  }
}
