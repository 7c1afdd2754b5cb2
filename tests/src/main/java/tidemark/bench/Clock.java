package tidemark.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Map;

/**
 * Time and processor time of this process at one moment.
 *
 * @param threads processor time by thread
 */
record Clock(long nanos, long cpuNanos, ThreadTimes threads) {

  static Clock now() {
    long cpuNanos =
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
    return new Clock(System.nanoTime(), cpuNanos, ThreadTimes.now());
  }

  Measurement measure(
      Clock end,
      Variant variant,
      long points,
      long rows,
      long allRows,
      Map<String, Double> figures) {
    ThreadTimes used = end.threads.since(threads);
    return new Measurement(
        variant.label(),
        points,
        rows,
        allRows,
        (end.nanos - nanos) / 1e9,
        (end.cpuNanos - cpuNanos) / 1e9,
        used.collectorSeconds(),
        used.seconds(),
        figures);
  }
}
