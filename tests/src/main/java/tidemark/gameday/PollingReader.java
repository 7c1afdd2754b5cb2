package tidemark.gameday;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import tidemark.cli.cluster.LocalCluster;
import tidemark.gateway.Epoch;
import tidemark.gateway.QueryResult;
import tidemark.gateway.SqlReader;
import tidemark.serde.table.EpochKeys;

/**
 * A user who asks again and again, each time at the newest snapshot, and knows the answer.
 *
 * <p>Every poll pins a snapshot, learns which epoch it reflects, counts and sums all rows of every
 * tier through the views of the gateway, and compares with {@link EpochAnswers}. Whatever a poll
 * throws is a failure of the reader; it polls on.
 *
 * <p>A thread of its own; its counts may be asked from any.
 */
final class PollingReader implements AutoCloseable {
  private static final long PAUSE_MS = 200;
  private static final long END_LIMIT_MS = 120_000;
  private static final int EXAMPLES = 10;

  private static final String SQL =
      String.join(
          " UNION ALL ", part(10, "rollups_10s"), part(60, "rollups_1m"), part(3600, "rollups_1h"));

  private final Map<String, String> properties;
  private final EpochAnswers wanted;
  private final Journal journal;
  private final Thread thread = new Thread(this::run, "reader");
  private final Set<Long> snapshots = new HashSet<>();
  private final Set<String> epochs = new HashSet<>();
  private volatile boolean isStopped;
  private int polls;
  private int failures;
  private int differences;
  private double slowestSeconds;
  private long pointsLast;

  /**
   * @param properties of the gateway
   */
  PollingReader(Map<String, String> properties, EpochAnswers wanted, Journal journal) {
    this.properties = properties;
    this.wanted = wanted;
    this.journal = journal;
    thread.setDaemon(true);
  }

  private static String part(int tier, String view) {
    return ("SELECT %d AS tier, org, CAST(sum(count) AS BIGINT) AS count, exact_sum(sum) AS sum"
            + " FROM %s GROUP BY org")
        .formatted(tier, view);
  }

  void start() {
    thread.start();
  }

  private void run() {
    try {
      while (!isStopped) {
        double startedAt = journal.seconds();
        try {
          poll();
        } catch (RuntimeException e) { // whatever it is: no reader may fail
          failed(e);
        }
        ended(journal.seconds() - startedAt);
        TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void poll() {
    try (SqlReader reader = SqlReader.open(properties)) {
      Epoch epoch = reader.epoch().orElseThrow();
      Map<EpochAnswers.Part, EpochAnswers.Answer> found = answers(reader.query(SQL));
      Map<EpochAnswers.Part, EpochAnswers.Answer> right =
          wanted.at(
              Commit.offsets(
                  epoch.summary().getOrDefault(EpochKeys.OFFSETS, "{}"), LocalCluster.POINTS_TOPIC),
              epoch.watermarkMs());
      compare(epoch, reader.snapshotId(), found, right);
    }
  }

  private static Map<EpochAnswers.Part, EpochAnswers.Answer> answers(QueryResult result) {
    Map<EpochAnswers.Part, EpochAnswers.Answer> answers = new HashMap<>();
    for (List<Object> row : result.rows()) {
      answers.put(
          new EpochAnswers.Part(((Number) row.get(0)).intValue(), (String) row.get(1)),
          new EpochAnswers.Answer(
              ((Number) row.get(2)).longValue(), ((Number) row.get(3)).doubleValue()));
    }
    return answers;
  }

  private synchronized void compare(
      Epoch epoch,
      long snapshotId,
      Map<EpochAnswers.Part, EpochAnswers.Answer> found,
      Map<EpochAnswers.Part, EpochAnswers.Answer> right) {
    snapshots.add(snapshotId);
    epochs.add(epoch.lineage() + "/" + epoch.checkpoint());
    pointsLast =
        found.entrySet().stream()
            .filter(entry -> entry.getKey().tier() == SentRows.TIERS[0])
            .mapToLong(entry -> entry.getValue().count())
            .sum();
    if (found.equals(right)) {
      return;
    }
    differences++;
    if (differences > EXAMPLES) {
      return;
    }
    Set<EpochAnswers.Part> parts = new HashSet<>(found.keySet());
    parts.addAll(right.keySet());
    for (EpochAnswers.Part part : parts) {
      if (!String.valueOf(found.get(part)).equals(String.valueOf(right.get(part)))) {
        journal.step(
            "reader: %s, snapshot %d: tier %d s of %s: wanted %s, found %s"
                .formatted(
                    epoch.describe(),
                    snapshotId,
                    part.tier(),
                    part.org(),
                    right.get(part),
                    found.get(part)));
      }
    }
  }

  private synchronized void failed(RuntimeException failure) {
    failures++;
    if (failures <= EXAMPLES) {
      journal.step("reader failed: " + failure);
    }
  }

  private synchronized void ended(double seconds) {
    polls++;
    slowestSeconds = Math.max(slowestSeconds, seconds);
  }

  /** Polls that have ended, well or not. */
  synchronized int polls() {
    return polls;
  }

  /** Points of the 10 s tier in the last answer. */
  synchronized long pointsLast() {
    return pointsLast;
  }

  /** Whether it was told something at all, and never anything wrong. */
  synchronized boolean isGood() {
    return !epochs.isEmpty() && failures == 0 && differences == 0;
  }

  synchronized void printFigures() {
    journal.figure("polls of the reader", polls);
    journal.figure("epochs it was told of", epochs.size());
    journal.figure("snapshots it read", snapshots.size());
    journal.figure("slowest poll, seconds", "%.1f".formatted(slowestSeconds));
    journal.figure("polls that failed", failures);
    journal.figure("answers that differ", differences);
  }

  /** Ends after the poll at work. */
  @Override
  public void close() {
    isStopped = true;
    try {
      thread.join(END_LIMIT_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
