package tidemark.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Processor seconds of this process by name of thread, those of the virtual machine itself among
 * them. Read from {@code /proc}: elsewhere than on Linux it is empty. A thread that has ended is
 * not seen any more. Names are cut at 15 bytes by the system, and here at the first digit.
 */
record ThreadTimes(Map<String, Double> seconds) {
  // Of G1 and the parallel collector; names such as "G1 Conc#0" and "G1 Refine#0" end at their
  // digit.
  private static final Set<String> COLLECTOR = Set.of("GC Thread", "G", "VM Thread");
  private static final Path TASKS = Path.of("/proc/self/task");
  private static final double TICKS_PER_SECOND = 100; // USER_HZ of every Linux that Java runs on
  // fields behind the name in /proc/PID/stat, which begin with the state
  private static final int USER_TICKS = 11;
  private static final int SYSTEM_TICKS = 12;

  ThreadTimes {
    seconds = Map.copyOf(seconds);
  }

  static ThreadTimes now() {
    Map<String, Double> seconds = new TreeMap<>();
    if (Files.isDirectory(TASKS)) {
      try (Stream<Path> tasks = Files.list(TASKS)) {
        for (Path task : tasks.toList()) {
          add(task, seconds);
        }
      } catch (IOException e) {
        throw new IllegalStateException("cannot read " + TASKS, e);
      }
    }
    return new ThreadTimes(seconds);
  }

  private static void add(Path task, Map<String, Double> seconds) throws IOException {
    try {
      String stat = Files.readString(task.resolve("stat"));
      int nameEnd = stat.lastIndexOf(')');
      String name = stat.substring(stat.indexOf('(') + 1, nameEnd).split("[0-9#]", 2)[0].trim();
      String[] fields = stat.substring(nameEnd + 2).split(" ", -1);
      double ticks = Long.parseLong(fields[USER_TICKS]) + Long.parseLong(fields[SYSTEM_TICKS]);
      seconds.merge(name, ticks / TICKS_PER_SECOND, Double::sum);
    } catch (IOException e) {
      // a thread that ends between the listing and the read: its file is gone, or it opens and
      // cannot be read
      if (Files.exists(task)) {
        throw e;
      }
    }
  }

  /** What was used since an earlier look; threads that used nothing are left out. */
  ThreadTimes since(ThreadTimes earlier) {
    Map<String, Double> used = new TreeMap<>();
    seconds.forEach(
        (name, now) -> {
          double more = now - earlier.seconds.getOrDefault(name, 0.0);
          if (more > 0) {
            used.put(name, Math.round(more * TICKS_PER_SECOND) / TICKS_PER_SECOND);
          }
        });
    return new ThreadTimes(used);
  }

  /** Of the collector's threads, in pauses and beside the job; what the VM does else among it. */
  double collectorSeconds() {
    return COLLECTOR.stream().mapToDouble(name -> seconds.getOrDefault(name, 0.0)).sum();
  }
}
