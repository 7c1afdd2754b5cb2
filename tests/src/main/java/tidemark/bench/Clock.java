package tidemark.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.Map;

/**
 * Time, processor time and collector time of this process at one moment.
 *
 * @param gcMillis pauses since the process started
 * @param threads processor time by thread
 */
record Clock(long nanos, long cpuNanos, long gcMillis, ThreadTimes threads) {

  static Clock now() {
    long gcMillis = 0;
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      gcMillis += Math.max(0, collector.getCollectionTime());
    }
    long cpuNanos =
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
    return new Clock(System.nanoTime(), cpuNanos, gcMillis, ThreadTimes.now());
  }

  Measurement measure(
      Clock end,
      Variant variant,
      long points,
      long rows,
      long allRows,
      Map<String, Double> figures) {
    return new Measurement(
        variant.label(),
        points,
        rows,
        allRows,
        (end.nanos - nanos) / 1e9,
        (end.cpuNanos - cpuNanos) / 1e9,
        (end.gcMillis - gcMillis) / 1e3,
        end.threads.since(threads),
        figures);
  }
}
