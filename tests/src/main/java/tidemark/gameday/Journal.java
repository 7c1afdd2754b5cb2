package tidemark.gameday;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** What a game did and found, for a person: a line for each step with its time, then one table. */
final class Journal {
  private final PrintStream out;
  private final long startNanos = System.nanoTime();
  private final Map<String, String> figures = new LinkedHashMap<>();

  Journal(PrintStream out) {
    this.out = out;
  }

  /** A step; from any thread. */
  synchronized void step(String text) {
    out.printf(Locale.ROOT, "[%7.1f s] %s%n", seconds(), text);
  }

  double seconds() {
    return (System.nanoTime() - startNanos) / 1e9;
  }

  /** A line of the table at the end. */
  synchronized void figure(String name, Object value) {
    figures.put(name, value.toString());
  }

  synchronized void printFigures() {
    int width = figures.keySet().stream().mapToInt(String::length).max().orElse(1);
    out.println();
    figures.forEach((name, value) -> out.printf("  %-" + width + "s  %s%n", name, value));
    out.println();
  }

  synchronized void print(String text) {
    out.println(text);
  }
}
