package tidemark.bench.query;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * How long one question took.
 *
 * @param coldMs the first time after the gateway's start
 * @param cpuMs of processors for one answer, the client's part among them: what others do on the
 *     machine changes it less
 */
record QueryFigure(
    String question,
    int clients,
    double aimMs,
    double coldMs,
    double medianMs,
    double p99Ms,
    double cpuMs,
    int runs) {

  /**
   * @param times sorted, milliseconds
   */
  static QueryFigure of(
      Question question, int clients, double coldMs, double cpuMs, double[] times) {
    return new QueryFigure(
        question.name(),
        clients,
        question.aimMs(),
        coldMs,
        times[times.length / 2],
        times[Math.min(times.length - 1, (int) Math.ceil(times.length * 0.99) - 1)],
        cpuMs,
        times.length);
  }

  String line() {
    return String.format(
        Locale.ROOT,
        "%-44s %7d %9.1f %9.1f %9.1f %9.1f %6.0f %6d",
        question,
        clients,
        coldMs,
        medianMs,
        p99Ms,
        cpuMs,
        aimMs,
        runs);
  }

  static String table(List<QueryFigure> figures) {
    String head =
        String.format(
            "%-44s %7s %9s %9s %9s %9s %6s %6s%n",
            "question", "clients", "cold ms", "median", "p99", "cpu", "aim", "runs");
    return head + figures.stream().map(QueryFigure::line).collect(Collectors.joining("\n"));
  }

  static String json(List<QueryFigure> figures, long seed) {
    return figures.stream()
        .map(
            figure ->
                String.format(
                    Locale.ROOT,
                    "{\"question\":\"%s\",\"clients\":%d,\"coldMs\":%.2f,\"medianMs\":%.2f,"
                        + "\"p99Ms\":%.2f,\"cpuMs\":%.2f,\"aimMs\":%.1f,\"runs\":%d}",
                    figure.question(),
                    figure.clients(),
                    figure.coldMs(),
                    figure.medianMs(),
                    figure.p99Ms(),
                    figure.cpuMs(),
                    figure.aimMs(),
                    figure.runs()))
        .collect(Collectors.joining(",\n", "{\"seed\":" + seed + ",\"figures\":[\n", "\n]}\n"));
  }
}
