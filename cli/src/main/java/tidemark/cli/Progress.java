package tidemark.cli;

import java.io.PrintStream;
import java.util.Locale;
import java.util.function.Consumer;

/** Lines about what is under way, each with the seconds since the command began. Thread-safe. */
final class Progress implements Consumer<String> {
  private final PrintStream out;
  private final long startNanos = System.nanoTime();

  Progress(PrintStream out) {
    this.out = out;
  }

  @Override
  public synchronized void accept(String line) {
    out.printf(Locale.ROOT, "[%5.1f s] %s%n", seconds(), line);
    out.flush();
  }

  double seconds() {
    return (System.nanoTime() - startNanos) / 1e9;
  }
}
