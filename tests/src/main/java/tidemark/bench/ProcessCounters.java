package tidemark.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Metric;
import org.apache.flink.metrics.MetricConfig;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.reporter.MetricReporter;
import org.apache.flink.metrics.reporter.MetricReporterFactory;

/**
 * Sees through Flink's metrics how many records the sources of this process have read and how many
 * points it has admitted, so that no job needs a hook to tell. Counts are those of all jobs of the
 * process.
 */
public final class ProcessCounters implements MetricReporter {
  private static final Set<String> MOVED =
      Set.of("partialsMerged", "rowsClosed", "seriesNew", "seriesExtended");
  private static final List<Counter> READ = new CopyOnWriteArrayList<>();
  private static final List<Counter> ACCEPTED = new CopyOnWriteArrayList<>();
  private static final List<Counter> JUDGED = new CopyOnWriteArrayList<>();
  private static final Map<String, List<Counter>> ROWS_BY_TASK = new ConcurrentHashMap<>();
  private static final Map<String, List<Gauge<?>>> IDLE_BY_TASK = new ConcurrentHashMap<>();
  private static final List<Gauge<?>> WINDOW_BYTES = new CopyOnWriteArrayList<>();
  private static final List<Gauge<?>> CHECKPOINT_BYTES = new CopyOnWriteArrayList<>();

  /** Found by Flink as a service. */
  public static final class Factory implements MetricReporterFactory {
    @Override
    public MetricReporter createMetricReporter(Properties properties) {
      return new ProcessCounters();
    }
  }

  /** Flink settings that switch this reporter on. */
  static Map<String, String> settings() {
    return Map.of("metrics.reporter.bench.factory.class", Factory.class.getName());
  }

  /** Records read so far. May lag behind a little: the counters are not volatile. */
  static long recordsRead() {
    return sum(READ);
  }

  /** Points that admission has let pass so far; exact when their jobs have ended. */
  static long pointsAccepted() {
    return sum(ACCEPTED);
  }

  /** Windows of monitors' groups that were evaluated so far; exact when their jobs have ended. */
  static long windowsJudged() {
    return sum(JUDGED);
  }

  /**
   * Rows that each roll-up task has taken and sent on in all tiers, and series that it has told.
   */
  static Map<String, Long> rowsByTask() {
    Map<String, Long> rows = new HashMap<>();
    ROWS_BY_TASK.forEach((task, counters) -> rows.put(task, sum(counters)));
    return rows;
  }

  /**
   * Time in which a roll-up task had no input so far, ms; named as {@link #rowsByTask} names it. A
   * stretch that goes on may be missing.
   */
  static long idleMs(String task) {
    return total(IDLE_BY_TASK.getOrDefault(task, List.of()));
  }

  /** Heap of the open windows now. */
  static long windowBytes() {
    return total(WINDOW_BYTES);
  }

  /** Bytes that the last checkpoint has written. */
  static long checkpointBytes() {
    return total(CHECKPOINT_BYTES);
  }

  /** Memory of this process at its most, as the system counts it; 0 where it does not tell. */
  static long mostResidentBytes() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
      return lines
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) << 10)
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      return 0;
    }
  }

  private static long total(List<Gauge<?>> gauges) {
    return gauges.stream().mapToLong(gauge -> ((Number) gauge.getValue()).longValue()).sum();
  }

  private static long sum(List<Counter> counters) {
    return counters.stream().mapToLong(Counter::getCount).sum();
  }

  @Override
  public void notifyOfAddedMetric(Metric metric, String name, MetricGroup group) {
    if (metric instanceof Gauge<?> gauge && name.equals("memoryBytes")) {
      WINDOW_BYTES.add(gauge);
    }
    if (metric instanceof Gauge<?> gauge && name.equals("lastCheckpointSize")) {
      CHECKPOINT_BYTES.add(gauge);
    }
    if (metric instanceof Gauge<?> gauge
        && name.equals("accumulateIdleTimeMs")
        && group.getAllVariables().get("<task_name>").contains("roll up")) {
      String task = group.getAllVariables().get("<subtask_index>");
      IDLE_BY_TASK.computeIfAbsent(task, added -> new CopyOnWriteArrayList<>()).add(gauge);
    }
    if (!(metric instanceof Counter counter)) {
      return;
    }
    String operator = group.getAllVariables().get("<operator_name>");
    if (name.equals("numRecordsIn") && operator != null && operator.startsWith("Source")) {
      READ.add(counter);
    } else if (name.equals("pointsAccepted")) {
      ACCEPTED.add(counter);
    } else if (name.equals("windowsJudged")) {
      JUDGED.add(counter);
    } else if (MOVED.contains(name)) {
      String task = group.getAllVariables().get("<subtask_index>");
      ROWS_BY_TASK.computeIfAbsent(task, added -> new CopyOnWriteArrayList<>()).add(counter);
    }
  }

  @Override
  public void notifyOfRemovedMetric(Metric metric, String name, MetricGroup group) {}

  @Override
  public void open(MetricConfig config) {}

  @Override
  public void close() {}
}
