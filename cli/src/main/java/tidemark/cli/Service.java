package tidemark.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import tidemark.cli.cluster.LocalCluster;
import tidemark.cli.process.ChildProcess;
import tidemark.cli.process.StartedProcess;

/** A command that goes on until it is ended, by itself or as a process of a run. */
final class Service {
  private static final long CLOSE_LIMIT_SECONDS = 8;

  private Service() {}

  /** What a service does, for as long as it is told to. */
  interface Loop {
    void run(BooleanSupplier goesOn) throws InterruptedException;
  }

  /** Runs it in this thread; a signal lets it finish what it has begun. */
  static void runUntilEnded(String name, Loop loop) throws InterruptedException {
    CountDownLatch isEnding = new CountDownLatch(1);
    CountDownLatch hasEnded = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(isEnding, hasEnded), name + "-end"));
    try {
      loop.run(() -> isEnding.getCount() > 0);
    } finally {
      hasEnded.countDown();
    }
  }

  private static void end(CountDownLatch isEnding, CountDownLatch hasEnded) {
    isEnding.countDown();
    try {
      boolean unused = hasEnded.await(CLOSE_LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Starts the command of this name as a process of the run, with a small heap.
   *
   * @param maxHeap as {@code -Xmx} takes it
   */
  static StartedProcess start(
      String name, String maxHeap, Workspace workspace, LocalCluster cluster) {
    List<String> jvmOptions = new ArrayList<>();
    jvmOptions.add("-Xmx" + maxHeap);
    jvmOptions.addAll(List.of("-XX:+UseSerialGC", "-XX:-UsePerfData"));
    jvmOptions.add("-Dtidemark.home=" + workspace.home());
    return cluster.start(
        new ChildProcess(
            name,
            System.getProperty("java.class.path"),
            Main.class.getName(),
            jvmOptions,
            List.of(name),
            Map.of("TIDEMARK_RUN", workspace.run().toString()),
            workspace.run(),
            cluster.layout().logs().resolve(name + ".log")));
  }

  /** Whether a process of that name runs in the cluster. */
  static boolean isRunning(String name, LocalCluster cluster) {
    return cluster.processes().stream()
        .anyMatch(process -> process.name().equals(name) && process.isAlive());
  }
}
