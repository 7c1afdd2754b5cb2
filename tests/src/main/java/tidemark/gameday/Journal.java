package tidemark.gameday;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a game did and found, for a person: a line for each step with its time, then one table. */
final class Journal {
  private final PrintStream out;
  private final long startNanos = System.nanoTime();
  private final Map<String, String> figures = new LinkedHashMap<>();
  private final List<String> faults = new ArrayList<>();

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

  /** A step that tells whether what must be true is; returns it. */
  synchronized boolean require(String what, boolean isTrue) {
    step((isTrue ? "yes: " : "NO: ") + what);
    if (!isTrue) {
      faults.add(what);
    }
    return isTrue;
  }

  /** Prints what must not be, and keeps it for {@link #faults}. */
  synchronized void fault(String text) {
    print(text);
    faults.add(text);
  }

  /** For a report that has no output: all that must not be, and the table. */
  synchronized String faults() {
    StringBuilder text = new StringBuilder();
    faults.forEach(fault -> text.append(fault).append('\n'));
    figures.forEach((name, value) -> text.append("%s: %s%n".formatted(name, value)));
    return text.toString();
  }
}
