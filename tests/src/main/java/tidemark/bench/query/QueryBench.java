package tidemark.bench.query;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import tidemark.gateway.server.GatewayServer;
import tidemark.gateway.users.UserLimits;
import tidemark.gateway.users.Users;

/**
 * Medians and 99th percentiles of questions over a {@link StoredDay}, by pgjdbc over the PostgreSQL
 * protocol, at one client and at many. "cold" is the first run after the gateway's start; the
 * others follow after a warm-up with questions of the kind. Where a rule's series are to answer,
 * they must, and as the finer ones do.
 */
public final class QueryBench {
  private static final String PASSWORD = "bench";

  private static final OperatingSystemMXBean PROCESS =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  /** A slow answer is a figure, not an error. */
  private static final UserLimits LIMITS =
      new UserLimits(
          2,
          1,
          UserLimits.DEFAULT.maxRows(),
          Duration.ofMinutes(10),
          UserLimits.DEFAULT.memoryShare());

  private static final List<Question> QUESTIONS =
      List.of(
          new Question(
              "single series, 24 h",
              10,
              (o, r) ->
                  "SELECT time, avg FROM rollups_1m WHERE metric = %s AND host = %s AND time < %s ORDER BY time"
                      .formatted(Question.gauge(o, r), Question.host(o, r), Question.end(o))),
          new Question(
              "average by service, 24 h, 1 m",
              200,
              (o, r) ->
                  ("SELECT time_bucket(INTERVAL 1 MINUTE, time) AS t, service, average() FROM"
                          + " points WHERE metric = %s AND time < %s AND zone <> 'none%d' GROUP BY t,"
                          + " service")
                      .formatted(Question.gauge(o, r), Question.end(o), r.nextInt())),
          new Question(
              "last hour by service",
              30,
              (o, r) ->
                  ("SELECT time_bucket(INTERVAL 1 MINUTE, time) AS t, service, average() FROM"
                          + " points WHERE metric = %1$s AND time >= %2$s - INTERVAL 1 HOUR AND time <"
                          + " %2$s AND zone <> 'none%3$d' GROUP BY t, service")
                      .formatted(Question.gauge(o, r), Question.end(o), r.nextInt())),
          new Question(
              "last value of each series",
              100,
              (o, r) ->
                  "SELECT host, newest() FROM points WHERE metric = %1$s AND time >= %2$s - INTERVAL 1 HOUR AND time < %2$s AND zone <> 'none%3$d' GROUP BY host"
                      .formatted(Question.gauge(o, r), Question.end(o), r.nextInt())),
          new Question(
              "p99 by service, last hour",
              100,
              (o, r) ->
                  "SELECT service, percentile(0.99) FROM rollups_1m WHERE metric = %1$s AND time >= %2$s - INTERVAL 1 HOUR AND time < %2$s AND zone <> 'none%3$d' GROUP BY service"
                      .formatted(Question.distribution(o, r), Question.end(o), r.nextInt())),
          new Question(
              "p99 by service, 24 h, raw series",
              1500,
              (o, r) ->
                  "SELECT service, percentile(0.99) FROM rollups_1m WHERE metric = %s AND time < %s AND zone <> 'none%d' GROUP BY service"
                      .formatted(Question.distribution(o, r), Question.end(o), r.nextInt())),
          new Question(
              "p99 by service, 24 h, best tier",
              1500,
              (o, r) ->
                  "SELECT service, percentile(0.99) FROM points WHERE metric = %s AND time < %s AND zone <> 'none%d' GROUP BY service"
                      .formatted(Question.distribution(o, r), Question.end(o), r.nextInt())),
          new Question(
              "p99 by service, 24 h, rule series",
              80,
              Question.COARSER,
              (o, r) ->
                  "SELECT service, percentile(0.99) FROM rollups_1m WHERE metric = %s AND time < %s AND service <> 'none%d' GROUP BY service"
                      .formatted(Question.distribution(o, r), Question.end(o), r.nextInt())),
          new Question(
              "p99 by service, 24 h, rule series, best tier",
              80,
              Question.COARSER,
              (o, r) ->
                  "SELECT service, percentile(0.99) FROM points WHERE metric = %s AND time < %s AND service <> 'none%d' GROUP BY service"
                      .formatted(Question.distribution(o, r), Question.end(o), r.nextInt())),
          new Question(
              "tags of a metric",
              5,
              (o, r) -> "SELECT unnest(tags) FROM metrics WHERE metric = " + Question.gauge(o, r)),
          new Question(
              "series with these tags",
              5,
              (o, r) ->
                  "SELECT series_id FROM series WHERE metric = %s AND service = 's%d' AND zone = 'z1'"
                      .formatted(Question.gauge(o, r), r.nextInt(StoredDay.SERVICES))),
          new Question(
              "a dashboard again",
              5,
              (o, r) ->
                  ("SELECT time_bucket(INTERVAL 1 MINUTE, time) AS t, service, average() FROM"
                          + " points WHERE metric = 'm1' AND time >= %1$s - INTERVAL 1 HOUR AND time <"
                          + " %1$s GROUP BY t, service")
                      .formatted(Question.end(o))));

  private final QueryOptions options;
  private final List<QueryFigure> figures = new ArrayList<>();

  QueryBench(QueryOptions options) {
    this.options = options;
  }

  public static void main(String[] arguments) throws Exception {
    if (Arrays.asList(arguments).contains("--help")) {
      System.out.print(QueryOptions.USAGE);
      return;
    }
    QueryOptions options;
    try {
      options = QueryOptions.of(arguments);
    } catch (IllegalArgumentException e) {
      System.err.println("error: " + e.getMessage());
      System.exit(2);
      return;
    }
    List<QueryFigure> figures = new QueryBench(options).run();
    System.out.println(QueryFigure.table(figures));
    Path parent = options.output().toAbsolutePath().getParent();
    Files.createDirectories(parent);
    Files.writeString(options.output(), QueryFigure.json(figures, options.seed()));
    System.out.println("all figures: " + options.output());
  }

  List<QueryFigure> run() throws Exception {
    Path folder = Files.createTempDirectory("tidemark-bench-query");
    try {
      StoredDay day = day(folder);
      int users = options.clients().stream().mapToInt(Integer::intValue).max().orElse(1);
      for (int client = 0; client < users; client++) {
        Users.add(folder.resolve("users.json"), user(client), StoredDay.ORG, PASSWORD, LIMITS);
      }
      Map<String, String> settings =
          new HashMap<>(
              Map.of(
                  "uri", day.address().uri(),
                  "warehouse", day.address().warehouse(),
                  "gateway.cache-directory", folder.resolve("cache").toString(),
                  "gateway.memory-limit", "4GB",
                  "gateway.users-file", folder.resolve("users.json").toString(),
                  "gateway.audit-file", folder.resolve("audit.log").toString(),
                  "gateway.postgres-port", "0",
                  "gateway.http-port", "0"));
      // all at once: how long they wait for the engine is measured, and not a queue in front of it
      settings.put("gateway.max-queries", Integer.toString(users));
      settings.put("gateway.max-queries-per-org", Integer.toString(users));
      try (GatewayServer server = GatewayServer.start(settings, StoredDay.rules())) {
        String url =
            "jdbc:postgresql://127.0.0.1:%d/tidemark?sslmode=disable"
                .formatted(server.postgresAddress().getPort());
        for (Question question : QUESTIONS) {
          if (question.name().contains(options.only())) {
            ask(question, url);
          }
        }
      }
      return figures;
    } finally {
      delete(folder);
    }
  }

  /** The day that is kept, or a new one. */
  private StoredDay day(Path temporary) throws IOException {
    Path place = options.isKept() ? options.day() : temporary;
    Path mark = place.resolve("day.txt"); // written last: without it, a day is not whole
    StoredDay day = new StoredDay(options, place.toAbsolutePath());
    if (Files.exists(mark)) {
      String found = Files.readString(mark);
      if (!found.equals(options.ofDay())) {
        throw new IllegalArgumentException(
            "%s must hold a day of %s, got %s: give another folder"
                .formatted(place, options.ofDay(), found));
      }
      return day;
    }
    Files.createDirectories(place);
    long start = System.nanoTime();
    day.write();
    Files.writeString(mark, options.ofDay());
    System.err.printf(
        "wrote %,d rows in %d s%n", day.rows(), (System.nanoTime() - start) / 1_000_000_000L);
    return day;
  }

  private void ask(Question question, String url) throws Exception {
    double coldMs;
    try (Connection connection = connect(url, 0, question.setting())) {
      Random random = new Random(options.seed());
      coldMs = timed(connection, question.sql().apply(options, random));
      long end = System.nanoTime() + Duration.ofSeconds(options.warmUpSeconds()).toNanos();
      while (System.nanoTime() - end < 0) {
        timed(connection, question.sql().apply(options, random));
      }
    }
    if (question.isOfRule()) {
      requireSameOfRule(question.sql().apply(options, new Random(options.seed())), url);
    }
    for (int clients : options.clients()) {
      long before = PROCESS.getProcessCpuTime();
      double[] times = ask(question, url, clients);
      double cpuMs = (PROCESS.getProcessCpuTime() - before) / 1e6 / times.length;
      QueryFigure figure = QueryFigure.of(question, clients, coldMs, cpuMs, times);
      figures.add(figure);
      System.err.println(figure.line());
    }
  }

  /** The rule's series must answer, and as the finer ones would have. */
  static void requireSameOfRule(String sql, String url) throws SQLException {
    try (Connection coarser = connect(url, 0, Question.COARSER);
        Connection finer = connect(url, 0, Question.FINER)) {
      List<String> read = rows(coarser, "EXPLAIN " + sql);
      if (read.stream().noneMatch(line -> line.contains(" of rule " + StoredDay.RULE + "/"))) {
        throw new IllegalStateException(
            "the series of rule %s must answer %s, but read is %s"
                .formatted(StoredDay.RULE, sql, read));
      }
      List<String> wanted = rows(finer, sql);
      List<String> found = rows(coarser, sql);
      if (!found.equals(wanted)) {
        throw new IllegalStateException(
            "the rule's series must answer %s with %s, got %s".formatted(sql, wanted, found));
      }
    }
  }

  /** All rows as text, sorted. */
  private static List<String> rows(Connection connection, String sql) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      int columns = result.getMetaData().getColumnCount();
      while (result.next()) {
        StringBuilder row = new StringBuilder();
        for (int i = 1; i <= columns; i++) {
          row.append(result.getString(i)).append('|');
        }
        rows.add(row.toString());
      }
    }
    rows.sort(Comparator.naturalOrder());
    return rows;
  }

  private double[] ask(Question question, String url, int clients)
      throws InterruptedException, ExecutionException {
    ExecutorService threads = Executors.newFixedThreadPool(clients);
    try {
      List<Future<double[]>> running = new ArrayList<>();
      for (int i = 0; i < clients; i++) {
        int client = i;
        Random random = new Random(options.seed() * 31 + clients * 1000L + client);
        running.add(threads.submit(() -> askAll(question, url, client, random)));
      }
      List<double[]> parts = new ArrayList<>();
      for (Future<double[]> each : running) {
        parts.add(each.get());
      }
      return parts.stream().flatMapToDouble(Arrays::stream).sorted().toArray();
    } finally {
      threads.shutdownNow();
    }
  }

  private double[] askAll(Question question, String url, int client, Random random)
      throws SQLException {
    double[] times = new double[options.runs()];
    try (Connection connection = connect(url, client, question.setting())) {
      for (int run = 0; run < times.length; run++) {
        times[run] = timed(connection, question.sql().apply(options, random));
      }
    }
    return times;
  }

  /** Each client is a user of its own, of one org. */
  private static Connection connect(String url, int client, String setting) throws SQLException {
    Connection connection = DriverManager.getConnection(url, user(client), PASSWORD);
    try (Statement statement = connection.createStatement()) {
      statement.execute(setting);
    }
    return connection;
  }

  private static String user(int client) {
    return "client-" + client;
  }

  /** From sending the statement to having read its last row, milliseconds. */
  private static double timed(Connection connection, String sql) throws SQLException {
    long start = System.nanoTime();
    int rows = 0;
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      while (result.next()) {
        rows++;
      }
    }
    double millis = (System.nanoTime() - start) / 1e6;
    if (rows == 0) {
      throw new IllegalStateException("no rows: " + sql);
    }
    return millis;
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
