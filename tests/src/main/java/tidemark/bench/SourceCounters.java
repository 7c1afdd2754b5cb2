package tidemark.bench;

import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Metric;
import org.apache.flink.metrics.MetricConfig;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.reporter.MetricReporter;
import org.apache.flink.metrics.reporter.MetricReporterFactory;

/**
 * Sees through Flink's metrics how many records the sources of this process have read, so that no
 * job needs a hook to tell when its work begins. Counts are those of all jobs of the process.
 */
public final class SourceCounters implements MetricReporter {
  private static final List<Counter> COUNTERS = new CopyOnWriteArrayList<>();

  /** Found by Flink as a service. */
  public static final class Factory implements MetricReporterFactory {
    @Override
    public MetricReporter createMetricReporter(Properties properties) {
      return new SourceCounters();
    }
  }

  /** Flink settings that switch this reporter on. */
  static Map<String, String> settings() {
    return Map.of("metrics.reporter.bench.factory.class", Factory.class.getName());
  }

  /** Records read so far. May lag behind a little: the counters are not volatile. */
  static long recordsRead() {
    long sum = 0;
    for (Counter counter : COUNTERS) {
      sum += counter.getCount();
    }
    return sum;
  }

  @Override
  public void notifyOfAddedMetric(Metric metric, String name, MetricGroup group) {
    String operator = group.getAllVariables().get("<operator_name>");
    if (name.equals("numRecordsIn")
        && operator != null
        && operator.startsWith("Source")
        && metric instanceof Counter counter) {
      COUNTERS.add(counter);
    }
  }

  @Override
  public void notifyOfRemovedMetric(Metric metric, String name, MetricGroup group) {}

  @Override
  public void open(MetricConfig config) {}

  @Override
  public void close() {}
}
