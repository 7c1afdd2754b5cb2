package tidemark.gateway.query;

import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.duckdb.DuckDBConnection;
import tidemark.gateway.StoredFile;
import tidemark.serde.partial.SeriesEntry;
import tidemark.state.SeriesIdentity;
import tidemark.state.definition.CoarserSeries;

/**
 * What is known of series, in tables of the engine: rows of the series table, merged, and those
 * that the feed brought before their commit. It only grows; an older version of the tables is a
 * part of it.
 *
 * <pre>
 * series_index  a row per series; metric_hash is hash(org, metric), a number that finds the series
 *               of a metric ten times faster than its texts
 * metric_index  a row per metric and type, summed up from the series; changes counts how often any
 *               of them was new or seen again
 * </pre>
 *
 * <p>Thread-safe. A series costs some 100 bytes and its texts.
 */
public final class SeriesIndex implements AutoCloseable {
  private static final int MAX_VALUES = 1_000;

  /** Of files that are merged at once: what is merged is in memory twice meanwhile. */
  private static final long MAX_ROWS = 500_000;

  private static final List<String> TABLES =
      List.of(
          """
          CREATE TABLE series_index (org VARCHAR, metric VARCHAR, series_id BIGINT, type VARCHAR,
            tags MAP(VARCHAR, VARCHAR), first_seen TIMESTAMPTZ, last_seen TIMESTAMPTZ,
            metric_hash UBIGINT)""",
          """
          CREATE TABLE metric_index (org VARCHAR, metric VARCHAR, type VARCHAR, series BIGINT,
            tags VARCHAR[], first_seen TIMESTAMPTZ, last_seen TIMESTAMPTZ, changes BIGINT)""");

  /** What is to be merged, a row per series. */
  private static final String FRESH =
      """
      CREATE OR REPLACE TEMP TABLE fresh_series AS
      SELECT org, metric, series_id, type, any_value(tags) AS tags,
        min(first_seen) AS first_seen, max(last_seen) AS last_seen,
        hash(org, metric) AS metric_hash
      FROM %s GROUP BY org, metric, series_id, type""";

  /** Before {@link #INSERT}: counts the series that are not there. */
  private static final String MERGE_METRICS =
      """
      MERGE INTO metric_index m USING (
        SELECT n.org, n.metric, n.type, count(*) FILTER (WHERE i.org IS NULL) AS series,
          list_sort(list_distinct(flatten(list(map_keys(n.tags))))) AS tags,
          min(n.first_seen) AS first_seen, max(n.last_seen) AS last_seen
        FROM fresh_series n LEFT JOIN series_index i
          ON i.org = n.org AND i.metric = n.metric AND i.series_id = n.series_id AND i.type = n.type
        GROUP BY n.org, n.metric, n.type) n
      ON m.org = n.org AND m.metric = n.metric AND m.type = n.type
      WHEN MATCHED THEN UPDATE SET
        series = m.series + n.series,
        tags = list_sort(list_distinct(list_concat(m.tags, n.tags))),
        first_seen = least(m.first_seen, n.first_seen),
        last_seen = greatest(m.last_seen, n.last_seen),
        changes = m.changes + 1
      WHEN NOT MATCHED THEN INSERT VALUES
        (n.org, n.metric, n.type, n.series, n.tags, n.first_seen, n.last_seen, 1)""";

  private static final String UPDATE =
      """
      UPDATE series_index i SET
        first_seen = least(i.first_seen, n.first_seen), last_seen = greatest(i.last_seen, n.last_seen)
      FROM fresh_series n
      WHERE i.org = n.org AND i.metric = n.metric AND i.series_id = n.series_id AND i.type = n.type
        AND (n.first_seen < i.first_seen OR n.last_seen > i.last_seen)""";

  /** The series of a metric side by side: a scan leaves out the tags of all others. */
  private static final String INSERT =
      """
      INSERT INTO series_index
      SELECT n.* FROM fresh_series n ANTI JOIN series_index i
        ON i.org = n.org AND i.metric = n.metric AND i.series_id = n.series_id AND i.type = n.type
      ORDER BY n.metric_hash, n.series_id""";

  private final DuckDBConnection connection;
  private final Function<List<StoredFile>, List<Path>> fetch;
  private final Map<String, Set<String>> loaded = new HashMap<>();
  private final Map<String, Map<String, String>> tagKeys = new ConcurrentHashMap<>();
  private final Set<String> withCoarser = ConcurrentHashMap.newKeySet();

  SeriesIndex(Engine engine, Function<List<StoredFile>, List<Path>> fetch) throws SQLException {
    connection = engine.connect();
    this.fetch = fetch;
    for (String table : TABLES) {
      Engine.execute(connection, table);
    }
  }

  /** Those that {@link #load} would take in. */
  synchronized List<StoredFile> fresh(String of, List<StoredFile> files) {
    Set<String> known = loaded.getOrDefault(of, Set.of());
    return files.stream().filter(file -> !known.contains(file.location())).toList();
  }

  /**
   * Takes in files that it has not seen.
   *
   * @param of names the tables
   * @param files all that the table has now
   */
  synchronized void load(String of, List<StoredFile> files) throws SQLException {
    List<StoredFile> fresh = fresh(of, files);
    if (fresh.isEmpty()) {
      return;
    }
    Set<String> known = loaded.computeIfAbsent(of, none -> new HashSet<>());
    List<StoredFile> part = new ArrayList<>();
    long rows = 0;
    for (StoredFile file : fresh) {
      part.add(file);
      rows += file.rows();
      if (rows >= MAX_ROWS) {
        mergeFiles(part, known);
        part.clear();
        rows = 0;
      }
    }
    mergeFiles(part, known);
    // those that are gone from the table were folded into others
    known.retainAll(files.stream().map(StoredFile::location).collect(Collectors.toSet()));
  }

  private void mergeFiles(List<StoredFile> files, Set<String> known) throws SQLException {
    if (files.isEmpty()) {
      return;
    }
    merge(
        fetch.apply(List.copyOf(files)).stream()
            .map(path -> literal(path.toAbsolutePath().normalize().toString()))
            .collect(Collectors.joining(", ", "read_parquet([", "], hive_partitioning = false)")));
    files.forEach(file -> known.add(file.location()));
  }

  /** Takes in series that the feed brought. */
  public synchronized void add(List<SeriesEntry> entries) throws SQLException {
    for (int from = 0; from < entries.size(); from += MAX_VALUES) {
      List<SeriesEntry> part = entries.subList(from, Math.min(entries.size(), from + MAX_VALUES));
      merge(
          part.stream()
              .map(SeriesIndex::values)
              .collect(
                  Collectors.joining(
                      ", ",
                      "(VALUES ",
                      ") v(org, metric, series_id, type, tags, first_seen, last_seen)")));
    }
  }

  private static String values(SeriesEntry entry) {
    SeriesIdentity identity = entry.identity();
    List<String> keys = new ArrayList<>();
    List<String> values = new ArrayList<>();
    for (String tag : identity.tags()) {
      keys.add(literal(SeriesIdentity.key(tag)));
      values.add(literal(SeriesIdentity.value(tag)));
    }
    return "(%s, %s, %d, %s, MAP([%s]::VARCHAR[], [%s]::VARCHAR[]), make_timestamptz(%d), make_timestamptz(%d))"
        .formatted(
            literal(identity.org()),
            literal(identity.metric()),
            entry.seriesId(),
            literal(entry.type().label()),
            String.join(", ", keys),
            String.join(", ", values),
            Math.multiplyExact(entry.firstSeenMs(), 1000L),
            Math.multiplyExact(entry.lastSeenMs(), 1000L));
  }

  /** Both tables or none: a query sees them as of one moment. */
  private void merge(String source) throws SQLException {
    connection.setAutoCommit(false);
    try {
      Engine.execute(connection, FRESH.formatted(source));
      Engine.execute(connection, MERGE_METRICS);
      Engine.execute(connection, UPDATE);
      Engine.execute(connection, INSERT);
      noteTagKeys();
      noteCoarser();
      Engine.execute(connection, "DROP TABLE fresh_series");
      connection.commit();
    } catch (SQLException e) {
      connection.rollback();
      throw e;
    } finally {
      connection.setAutoCommit(true);
    }
  }

  private void noteTagKeys() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT DISTINCT org, unnest(map_keys(tags)) FROM fresh_series")) {
      while (row.next()) {
        String key = row.getString(2);
        tagKeys
            .computeIfAbsent(row.getString(1), org -> new ConcurrentHashMap<>())
            .putIfAbsent(key.toLowerCase(Locale.ROOT), key);
      }
    }
  }

  private void noteCoarser() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT DISTINCT org FROM fresh_series WHERE contains(metric, '%s')"
                    .formatted(CoarserSeries.MARK))) {
      while (row.next()) {
        withCoarser.add(row.getString(1));
      }
    }
  }

  /** Whether the org has series that a rule made. */
  boolean hasCoarser(String org) {
    return withCoarser.contains(org);
  }

  /** Keys of the org's tags, by lower case. */
  Map<String, String> tagKeys(String org) {
    return new TreeMap<>(tagKeys.getOrDefault(org, Map.of()));
  }

  private static String literal(String text) {
    return "'" + text.replace("'", "''") + "'";
  }

  @Override
  public synchronized void close() throws SQLException {
    connection.close();
  }
}
