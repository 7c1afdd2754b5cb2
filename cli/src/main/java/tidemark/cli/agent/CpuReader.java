package tidemark.cli.agent;

import java.util.List;
import java.util.OptionalDouble;
import oshi.hardware.CentralProcessor;
import oshi.hardware.CentralProcessor.TickType;
import tidemark.state.MetricType;

/**
 * Processor time since the last round, whole and by core, and what the scheduler counts.
 *
 * <pre>
 * cpu.percent                  gauge    percent of all cores that were busy
 * cpu.core.percent core:N      gauge    percent of one core
 * cpu.state.percent state:S    gauge    percent of all cores in user, system, iowait, ...
 * cpu.context_switches         counter
 * cpu.interrupts               counter
 * load.1m, load.5m, load.15m   gauge    runnable processes, averaged by the system
 * </pre>
 */
final class CpuReader {
  private final CentralProcessor processor;
  private final CounterDeltas deltas;
  private long[] total;
  private long[][] cores;

  CpuReader(CentralProcessor processor, CounterDeltas deltas) {
    this.processor = processor;
    this.deltas = deltas;
    this.total = processor.getSystemCpuLoadTicks();
    this.cores = processor.getProcessorCpuLoadTicks();
  }

  void read(ReadingSink sink) {
    long[] totalNow = processor.getSystemCpuLoadTicks();
    long[][] coresNow = processor.getProcessorCpuLoadTicks();
    busyPercent(total, totalNow)
        .ifPresent(percent -> sink.add(MetricType.GAUGE, "cpu.percent", percent, List.of()));
    for (TickType state : TickType.values()) {
      statePercent(total, totalNow, state)
          .ifPresent(
              percent ->
                  sink.add(
                      MetricType.GAUGE,
                      "cpu.state.percent",
                      percent,
                      List.of("state:" + label(state))));
    }
    for (int core = 0; core < Math.min(cores.length, coresNow.length); core++) {
      List<String> tags = List.of("core:" + core);
      busyPercent(cores[core], coresNow[core])
          .ifPresent(percent -> sink.add(MetricType.GAUGE, "cpu.core.percent", percent, tags));
    }
    total = totalNow;
    cores = coresNow;
    counter(sink, "cpu.context_switches", processor.getContextSwitches());
    counter(sink, "cpu.interrupts", processor.getInterrupts());
    load(sink);
  }

  private void counter(ReadingSink sink, String metric, long count) {
    deltas
        .delta(metric, count)
        .ifPresent(delta -> sink.add(MetricType.COUNTER, metric, (double) delta, List.of()));
  }

  private void load(ReadingSink sink) {
    String[] metrics = {"load.1m", "load.5m", "load.15m"};
    double[] averages = processor.getSystemLoadAverage(metrics.length);
    for (int i = 0; i < metrics.length; i++) {
      if (averages[i] >= 0) { // negative where the system keeps none
        sink.add(MetricType.GAUGE, metrics[i], averages[i], List.of());
      }
    }
  }

  /**
   * Percent of the ticks between two looks that were neither idle nor waiting; empty if none
   * passed.
   */
  static OptionalDouble busyPercent(long[] before, long[] now) {
    long all = ticks(before, now);
    long idle = ticks(before, now, TickType.IDLE) + ticks(before, now, TickType.IOWAIT);
    return all > 0 ? OptionalDouble.of(100.0 * (all - idle) / all) : OptionalDouble.empty();
  }

  static OptionalDouble statePercent(long[] before, long[] now, TickType state) {
    long all = ticks(before, now);
    return all > 0
        ? OptionalDouble.of(100.0 * ticks(before, now, state) / all)
        : OptionalDouble.empty();
  }

  private static long ticks(long[] before, long[] now) {
    long sum = 0;
    for (TickType state : TickType.values()) {
      sum += ticks(before, now, state);
    }
    return sum;
  }

  /** Never negative: some systems take back ticks of iowait. */
  private static long ticks(long[] before, long[] now, TickType state) {
    return Math.max(0, now[state.getIndex()] - before[state.getIndex()]);
  }

  private static String label(TickType state) {
    return switch (state) {
      case USER -> "user";
      case NICE -> "nice";
      case SYSTEM -> "system";
      case IDLE -> "idle";
      case IOWAIT -> "iowait";
      case IRQ -> "irq";
      case SOFTIRQ -> "softirq";
      case STEAL -> "steal";
    };
  }
}
