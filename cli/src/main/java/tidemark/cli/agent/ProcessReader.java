package tidemark.cli.agent;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import oshi.software.os.OSProcess;
import oshi.software.os.OperatingSystem;
import tidemark.state.MetricType;

/**
 * Every process of the machine.
 *
 * <pre>
 * process.cpu.percent, process.rss_bytes, process.threads   process:NAME pid:N user:U   gauge
 * processes.count, threads.count                                                        gauge
 * </pre>
 *
 * <p>100 percent is one core. A process seen for the first time has no CPU reading yet. Holds one
 * entry for each process and user of the last round.
 */
final class ProcessReader {
  private final OperatingSystem system;
  private Map<Integer, CpuTime> last = new HashMap<>();
  private Map<String, String> users = new HashMap<>();

  ProcessReader(OperatingSystem system) {
    this.system = system;
  }

  /**
   * Reads all of them.
   *
   * @param nowMs any clock that does not jump, milliseconds
   */
  void read(long nowMs, ReadingSink sink) {
    Map<Integer, CpuTime> seen = new HashMap<>();
    Map<String, String> seenUsers = new HashMap<>();
    int threads = 0;
    for (OSProcess process : system.getProcesses()) {
      List<String> tags =
          List.of(
              "pid:" + process.getProcessID(),
              Tags.tag("process", programName(process.getName())),
              Tags.tag("user", user(process, seenUsers)));
      CpuTime now =
          new CpuTime(
              process.getStartTime(), process.getKernelTime() + process.getUserTime(), nowMs);
      seen.put(process.getProcessID(), now);
      CpuTime before = last.get(process.getProcessID());
      if (before != null) {
        now.percentSince(before)
            .ifPresent(percent -> sink.add(MetricType.GAUGE, "process.cpu.percent", percent, tags));
      }
      sink.add(MetricType.GAUGE, "process.rss_bytes", (double) process.getResidentSetSize(), tags);
      sink.add(MetricType.GAUGE, "process.threads", process.getThreadCount(), tags);
      threads += process.getThreadCount();
    }
    sink.add(MetricType.GAUGE, "processes.count", seen.size(), List.of());
    sink.add(MetricType.GAUGE, "threads.count", threads, List.of());
    last = seen;
    users = seenUsers;
  }

  /** Asking the system for a name costs 6 ms, asking for the number nothing. */
  private String user(OSProcess process, Map<String, String> seenUsers) {
    String id = process.getUserID();
    return seenUsers.computeIfAbsent(
        id, unknown -> users.containsKey(id) ? users.get(id) : process.getUser());
  }

  /**
   * What a process is called for its whole life. Linux shows a kernel worker's work of the moment
   * behind its name, {@code kworker/0:1-events}, which would be a new series with each change.
   */
  static String programName(String name) {
    int work = name.startsWith("kworker/") ? indexOfAny(name, "-+") : -1;
    return work < 0 ? name : name.substring(0, work);
  }

  private static int indexOfAny(String text, String characters) {
    for (int i = 0; i < text.length(); i++) {
      if (characters.indexOf(text.charAt(i)) >= 0) {
        return i;
      }
    }
    return -1;
  }

  /**
   * Processor time of a process at one look.
   *
   * @param startMs when it began, to tell a pid that was given again
   * @param usedMs processor time since then
   * @param atMs when it was looked at
   */
  record CpuTime(long startMs, long usedMs, long atMs) {

    /** Percent of one core between two looks; empty for another process or no time between. */
    OptionalDouble percentSince(CpuTime before) {
      if (before.startMs != startMs || before.atMs >= atMs || before.usedMs > usedMs) {
        return OptionalDouble.empty();
      }
      return OptionalDouble.of(100.0 * (usedMs - before.usedMs) / (atMs - before.atMs));
    }
  }
}
