package tidemark.cli;

import java.util.function.Consumer;
import tidemark.cli.cluster.LocalCluster;
import tidemark.cli.process.RunEndingException;

/**
 * What Ctrl-C, SIGTERM or the end of the terminal lead to while a command is at work: an orderly
 * end of what it started. Closing it, when the work is done, takes that back.
 */
final class Interruption implements AutoCloseable {
  private final Thread hook;

  private Interruption(Thread hook) {
    this.hook = hook;
  }

  /** From now on an interruption runs {@code end}, with the cluster to itself. */
  static Interruption endingWith(Runnable end, LocalCluster cluster, Consumer<String> progress) {
    Thread hook =
        new Thread(
            () -> {
              cluster.takeOver();
              progress.accept("interrupted: ending what was started");
              end.run();
            },
            "interruption");
    Runtime.getRuntime().addShutdownHook(hook);
    return new Interruption(hook);
  }

  @Override
  public void close() {
    try {
      boolean unused = Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException isShuttingDown) {
      throw new RunEndingException(); // the hook is at work, and has the rest to itself
    }
  }
}
