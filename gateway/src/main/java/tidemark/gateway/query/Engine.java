package tidemark.gateway.query;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.duckdb.DuckDBConnection;
import tidemark.gateway.MergeFunctions;
import tidemark.gateway.scan.Scans;

/**
 * One DuckDB in memory, with our functions. It can open what lies in the given folders and nothing
 * else: no network, no extension, and its settings cannot be changed any more.
 *
 * <p>Thread-safe; a connection is not. Queries share its threads and its memory.
 */
final class Engine implements AutoCloseable {
  /**
   * {@code time_bucket} in UTC of times from year 1 on, by a step of whole seconds: microseconds
   * since 2000-01-03, a Monday, cut down to a whole number of steps. Times of before are moved up
   * by a whole number of steps first, so that one remainder is enough.
   */
  private static final String BUCKET =
      """
      bucket_utc(step, x) AS make_timestamptz(epoch_us(x) - (epoch_us(x)
        + CAST(epoch(CAST(step AS INTERVAL)) AS BIGINT) * 1000000
          * (100000000000000000 // (CAST(epoch(CAST(step AS INTERVAL)) AS BIGINT) * 1000000) + 1)
        - 946857600000000 % (CAST(epoch(CAST(step AS INTERVAL)) AS BIGINT) * 1000000))
        % (CAST(epoch(CAST(step AS INTERVAL)) AS BIGINT) * 1000000))""";

  private static final List<String> MACROS =
      List.of(
          "percentile(sketch, q) AS %s(string_agg(to_base64(sketch), ','), q)"
              .formatted(MergeFunctions.QUANTILE),
          "count_below(sketch, x) AS %s(string_agg(to_base64(sketch), ','), x)"
              .formatted(MergeFunctions.COUNT_BELOW),
          "count_above(sketch, x) AS %s(string_agg(to_base64(sketch), ','), x)"
              .formatted(MergeFunctions.COUNT_ABOVE),
          "merge_sketch(sketch) AS from_base64(%s(string_agg(to_base64(sketch), ',')))"
              .formatted(MergeFunctions.MERGE_SKETCHES),
          "exact_sum(x) AS %s(array_to_string(list(CAST(x AS DOUBLE)), ','), '')"
              .formatted(MergeFunctions.MERGE_SUMS),
          "rate_of(total, step) AS total / epoch(step)",
          BUCKET);

  /** The engine's own macros over aggregates: it lists them as scalar. */
  private static final List<String> AGGREGATE_MACROS =
      List.of("wavg", "weighted_avg", "geomean", "geometric_mean");

  private final DuckDBConnection root;
  private final Scans scans;
  private final Set<String> aggregates = new HashSet<>();

  /**
   * @param folders of local tables and of the file cache
   * @param memoryLimit as DuckDB writes it, such as 2GB
   */
  Engine(List<Path> folders, String memoryLimit) throws SQLException {
    root = (DuckDBConnection) DriverManager.getConnection("jdbc:duckdb:");
    MergeFunctions.register(root);
    scans = new Scans(root);
    execute(root, "SET TimeZone = 'UTC'");
    execute(root, "SET memory_limit = '" + memoryLimit + "'");
    // No spilling: a reader leaves nothing behind, and says so when memory is short.
    execute(root, "SET temp_directory = ''");
    execute(root, "SET parquet_metadata_cache = true");
    for (String macro : MACROS) {
      execute(root, "CREATE MACRO " + macro);
    }
    readAggregates();
    execute(
        root,
        "SET allowed_directories = "
            + folders.stream()
                .map(folder -> "'" + folder.toAbsolutePath().normalize() + "/'")
                .collect(Collectors.joining(", ", "[", "]")));
    execute(root, "SET autoinstall_known_extensions = false");
    execute(root, "SET autoload_known_extensions = false");
    execute(root, "SET enable_external_access = false");
    execute(root, "SET lock_configuration = true");
  }

  private void readAggregates() throws SQLException {
    try (Statement statement = root.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT DISTINCT function_name FROM duckdb_functions()"
                    + " WHERE function_type = 'aggregate'")) {
      while (row.next()) {
        aggregates.add(row.getString(1).toLowerCase(Locale.ROOT));
      }
    }
    aggregates.addAll(AGGREGATE_MACROS);
    for (String macro : MACROS) {
      aggregates.add(macro.substring(0, macro.indexOf('(')));
    }
  }

  /** The memory limit as the engine has understood it, to a tenth of its unit. */
  long memoryBytes() throws SQLException {
    try (Statement statement = root.createStatement();
        ResultSet row = statement.executeQuery("SELECT current_setting('memory_limit')")) {
      row.next();
      String[] parts = row.getString(1).split(" ", -1);
      int power = List.of("bytes", "KiB", "MiB", "GiB", "TiB").indexOf(parts[1]);
      return (long) (Double.parseDouble(parts[0]) * Math.pow(1024, power));
    }
  }

  /** Another connection, for one thread at a time. */
  DuckDBConnection connect() throws SQLException {
    return root.duplicate();
  }

  /** Names of aggregate functions, lower case. */
  Set<String> aggregates() {
    return aggregates;
  }

  Scans scans() {
    return scans;
  }

  static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Override
  public void close() throws SQLException {
    scans.close();
    root.close();
  }
}
