package tidemark.gateway.walls;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * An engine with an org's rows, and with all that a statement must not reach: another org's rows
 * beside them, and files in a directory that it may read, each of which says {@link #CANARY}.
 */
final class CanaryEngine implements AutoCloseable {
  /** In no statement, so that an answer that says it has it from the engine. */
  static final String CANARY = "yellow-5e1f";

  private static final List<String> TABLES =
      List.of(
          "CREATE TABLE points AS SELECT * FROM (VALUES"
              + " ('cpu', TIMESTAMPTZ '2026-01-01 00:00:00+00', 1.5::DOUBLE, MAP {'service': 'a'}),"
              + " ('memory', TIMESTAMPTZ '2026-01-01 00:00:10+00', 2.5::DOUBLE, MAP {'service': 'b'})"
              + ") t(metric, ts, value, tags)",
          "CREATE TABLE series AS SELECT DISTINCT metric, tags FROM points",
          "CREATE TABLE metrics AS SELECT DISTINCT metric FROM points",
          "CREATE TABLE freshness AS SELECT now() AS watermark",
          "CREATE TABLE foreign_points AS SELECT '%1$s' AS metric, ts, 666.25::DOUBLE AS value,"
              + " MAP {'service': '%1$s'} AS tags FROM points",
          "CREATE TYPE my_enum AS ENUM ('%1$s')",
          "CREATE MACRO percentile(x, q) AS quantile_cont(x, q)",
          "CREATE MACRO count_below(x, bound) AS count(*) FILTER (x < bound)");

  private final Path directory;
  private final Connection connection;
  private final Map<String, String> files;

  /**
   * @param directory an empty one, for the canary files; the engine may read it
   */
  CanaryEngine(Path directory) throws SQLException, IOException {
    this.directory = directory;
    Files.writeString(
        directory.resolve("canary.csv"), "metric,value\n%s,1\n".formatted(CANARY), UTF_8);
    Files.writeString(
        directory.resolve("canary.json"), "{\"metric\": \"%s\"}\n".formatted(CANARY), UTF_8);
    Files.writeString(directory.resolve("canary.txt"), CANARY + "\n", UTF_8);
    connection = DriverManager.getConnection("jdbc:duckdb:");
    execute("COPY (SELECT '%s' AS metric) TO '%s/canary.parquet'".formatted(CANARY, directory));
    execute("ATTACH '%s/canary.db'".formatted(directory));
    execute("CREATE TABLE canary.t AS SELECT '%s' AS metric".formatted(CANARY));
    execute("DETACH canary");
    for (String table : TABLES) {
      execute(table.formatted(CANARY));
    }
    execute("SET TimeZone = 'UTC'");
    execute("SET memory_limit = '512MB'");
    execute("SET threads = 1");
    execute("SET temp_directory = ''");
    execute("SET allowed_directories = ['%s']".formatted(directory));
    execute("SET autoinstall_known_extensions = false");
    execute("SET autoload_known_extensions = false");
    execute("SET enable_external_access = false");
    execute("CALL enable_logging('FileSystem')");
    execute("SET lock_configuration = true");
    files = contents();
  }

  /** Without a look at what comes of it. */
  void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** All rows as one text; parameters are null. */
  String run(String sql, int parameters) throws SQLException {
    StringBuilder text = new StringBuilder();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setQueryTimeout(2);
      for (int parameter = 1; parameter <= parameters; parameter++) {
        statement.setObject(parameter, null);
      }
      try (ResultSet rows = statement.executeQuery()) {
        int width = rows.getMetaData().getColumnCount();
        while (rows.next()) {
          for (int column = 1; column <= width; column++) {
            text.append(rows.getString(column)).append('\t');
          }
          text.append('\n');
        }
      }
    }
    return text.toString();
  }

  /** How often the engine has opened or read a file since it was made. */
  long fileAccesses() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT count(*) FROM duckdb_logs WHERE type = 'FileSystem'"
                    + " AND message LIKE '%"
                    + directory
                    + "%'")) {
      row.next();
      return row.getLong(1);
    }
  }

  /** Whether a file has come, gone or changed. */
  boolean filesHaveChanged() throws IOException {
    return !files.equals(contents());
  }

  private Map<String, String> contents() throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> paths = Files.list(directory)) {
      for (Path path : paths.toList()) {
        contents.put(
            path.getFileName().toString(),
            Files.size(path) + " " + Files.getLastModifiedTime(path).toMillis());
      }
    }
    return contents;
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
