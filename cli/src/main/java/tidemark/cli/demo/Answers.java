package tidemark.cli.demo;

import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import tidemark.gateway.SqlCommandLine;

/** Questions to the stored tables whose answers are worth seeing, asked as anybody would. */
public final class Answers {

  /**
   * A question.
   *
   * @param title what is asked, for people
   * @param sql the same for the gateway
   */
  record Question(String title, String sql) {}

  static final List<Question> QUESTIONS =
      List.of(
          new Question(
              "Which programs used this machine's processors in the last five minutes?",
              """
              SELECT program, round(avg(cpu), 1) AS cpu_percent, round(max(cpu), 1) AS busiest_10s,
                max(processes) AS processes
              FROM (SELECT tags['process'] AS program, window_start,
                  sum(sum) / max(count) AS cpu, count(*) AS processes
                FROM points
                WHERE metric = 'process.cpu.percent' AND window_start > now() - INTERVAL 5 MINUTE
                GROUP BY program, window_start)
              GROUP BY program ORDER BY cpu_percent DESC LIMIT 8"""),
          new Question(
              "How long does it take until the broker has a second's points safe?",
              """
              SELECT sum(count) AS batches, round(percentile(sketch, 0.5), 1) AS p50_ms,
                round(percentile(sketch, 0.99), 1) AS p99_ms, round(max(max), 1) AS max_ms
              FROM points
              WHERE metric = 'agent.send_ms' AND window_start > now() - INTERVAL 5 MINUTE"""));

  private Answers() {}

  /**
   * Asks all of them; the first that fails ends it.
   *
   * @return exit code, as of {@code tidemark sql}
   */
  public static int print(Map<String, String> catalogProperties, PrintStream out, PrintStream err) {
    for (Question question : QUESTIONS) {
      out.println();
      out.println(question.title());
      out.println();
      question.sql().lines().forEach(line -> out.println("    " + line));
      out.println();
      int exitCode = SqlCommandLine.run(question.sql(), catalogProperties, out, err);
      if (exitCode != 0) {
        return exitCode;
      }
    }
    out.println();
    return 0;
  }
}
