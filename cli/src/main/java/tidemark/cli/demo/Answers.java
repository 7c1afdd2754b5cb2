package tidemark.cli.demo;

import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tidemark.cli.sql.SqlAnswer;
import tidemark.cli.sql.SqlClient;
import tidemark.cli.sql.SqlQuestion;
import tidemark.cli.sql.SqlRefusedException;
import tidemark.cli.sql.TextTable;

/** Questions whose answers are worth seeing, asked of the gateway as anybody would. */
public final class Answers {
  private static final int OK = 0;
  private static final int FAILED = 1;

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
              FROM (SELECT process AS program, time, sum(sum) / max(count) AS cpu,
                  count(*) AS processes
                FROM rollups_10s
                WHERE metric = 'process.cpu.percent' AND time > now() - INTERVAL '5 minutes'
                GROUP BY process, time)
              GROUP BY program ORDER BY cpu_percent DESC LIMIT 8"""),
          new Question(
              "How long does it take until the broker has a second's points safe?",
              """
              SELECT sum(count) AS batches, round(percentile(0.5), 1) AS p50_ms,
                round(percentile(0.99), 1) AS p99_ms, round(max(max), 1) AS max_ms
              FROM points
              WHERE metric = 'agent.send_ms' AND time > now() - INTERVAL '5 minutes'"""));

  /**
   * Windows that close after a commit are hot until the next one: most of the time there is one.
   */
  static final Question NEWEST =
      new Question(
          "What did the processors do just now?",
          """
          SELECT time, round(avg(avg), 1) AS cpu_percent,
            CASE WHEN time + INTERVAL '9999 milliseconds' > (SELECT stored_watermark FROM freshness)
              THEN 'feed' ELSE 'tables' END AS comes_from
          FROM rollups_10s
          WHERE metric = 'cpu.percent' AND time > now() - INTERVAL '1 minute'
          GROUP BY time ORDER BY time DESC LIMIT 4""");

  private static final String FEED = "feed";
  private static final Duration HOT_LIMIT = Duration.ofSeconds(25);
  private static final Duration PAUSE = Duration.ofMillis(500);

  private final SqlClient client;
  private final PrintStream out;
  private final PrintStream err;

  public Answers(SqlClient client, PrintStream out, PrintStream err) {
    this.client = client;
    this.out = out;
    this.err = err;
  }

  /**
   * Asks all of them; the first that fails ends it.
   *
   * @return exit code, as of {@code tidemark sql}
   */
  public int print() throws InterruptedException {
    for (Question question : QUESTIONS) {
      try {
        print(question, client.ask(SqlQuestion.of(question.sql())));
      } catch (SqlRefusedException e) {
        return fail(question, e);
      }
    }
    try {
      printNewest();
    } catch (SqlRefusedException e) {
      return fail(NEWEST, e);
    }
    out.println();
    return OK;
  }

  private int fail(Question question, SqlRefusedException failure) {
    err.print(failure.describe(question.sql()));
    return FAILED;
  }

  /** Asks again until the newest row is in no commit yet, for a while. */
  private void printNewest() throws InterruptedException {
    long endNanos = System.nanoTime() + HOT_LIMIT.toNanos();
    SqlAnswer answer = client.ask(SqlQuestion.of(NEWEST.sql()));
    while (!isHot(answer) && System.nanoTime() - endNanos < 0) {
      TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos());
      answer = client.ask(SqlQuestion.of(NEWEST.sql()));
    }
    print(NEWEST, answer);
    if (isHot(answer)) {
      out.println("The newest row is in no commit yet: it came through the feed.");
    }
  }

  static boolean isHot(SqlAnswer answer) {
    return answer.first("comes_from").equals(FEED);
  }

  private void print(Question question, SqlAnswer answer) {
    out.println();
    out.println(question.title());
    out.println();
    question.sql().lines().forEach(line -> out.println("    " + line));
    out.println();
    TextTable.print(answer, out);
  }
}
