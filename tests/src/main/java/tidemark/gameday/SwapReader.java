package tidemark.gameday;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import tidemark.gateway.SqlReader;

/**
 * A user who asks for everything again and again while rows are replaced, each time at the newest
 * snapshot, and remembers every answer that he got. A thread of its own.
 */
final class SwapReader implements AutoCloseable {
  private static final long PAUSE_MS = 50;
  private static final long END_LIMIT_MS = 120_000;
  private static final String SQL =
      String.join(
          " UNION ALL ", part(10, "rollups_10s"), part(60, "rollups_1m"), part(3600, "rollups_1h"));

  private final Map<String, String> properties;
  private final Thread thread = new Thread(this::run, "swap-reader");
  private final Set<Set<List<Object>>> answers = new HashSet<>();
  private final List<String> failures = new ArrayList<>();
  private volatile boolean isStopped;
  private int polls;

  /**
   * @param properties of the gateway
   */
  SwapReader(Map<String, String> properties) {
    this.properties = properties;
    thread.setDaemon(true);
  }

  private static String part(int tier, String view) {
    return ("SELECT %d AS tier, org, CAST(sum(count) AS BIGINT) AS count, exact_sum(sum) AS sum"
            + " FROM %s GROUP BY org")
        .formatted(tier, view);
  }

  /** What it would be told now. */
  static Set<List<Object>> ask(Map<String, String> properties) {
    try (SqlReader reader = SqlReader.open(properties)) {
      return new HashSet<>(reader.query(SQL).rows());
    }
  }

  void start() {
    thread.start();
  }

  private void run() {
    try {
      while (!isStopped) {
        poll();
        TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void poll() {
    try {
      Set<List<Object>> answer = ask(properties);
      synchronized (this) {
        polls++;
        answers.add(answer);
      }
    } catch (RuntimeException e) { // whatever it is: no reader may fail
      synchronized (this) {
        failures.add(e.toString());
      }
    }
  }

  synchronized int polls() {
    return polls;
  }

  /** What polls threw. */
  synchronized List<String> failures() {
    return List.copyOf(failures);
  }

  /** Every answer that it got. */
  synchronized Set<Set<List<Object>>> answers() {
    return Set.copyOf(answers);
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
