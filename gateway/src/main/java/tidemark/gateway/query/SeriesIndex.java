package tidemark.gateway.query;

import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
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

/**
 * What is known of series, in a table of the engine: rows of the series table, merged, and those
 * that the feed brought before their commit. It only grows; an older version of the tables is a
 * part of it.
 *
 * <p>Thread-safe. A series costs some 100 bytes and its texts.
 */
public final class SeriesIndex implements AutoCloseable {
  private static final int MAX_VALUES = 1_000;

  private static final String MERGE =
      """
      MERGE INTO series_index i USING (
        SELECT org, metric, series_id, type, any_value(tags) AS tags,
          min(first_seen) AS first_seen, max(last_seen) AS last_seen
        FROM %s GROUP BY org, metric, series_id, type) n
      ON i.org = n.org AND i.metric = n.metric AND i.series_id = n.series_id AND i.type = n.type
      WHEN MATCHED AND (n.first_seen < i.first_seen OR n.last_seen > i.last_seen) THEN UPDATE SET
        first_seen = least(i.first_seen, n.first_seen), last_seen = greatest(i.last_seen, n.last_seen)
      WHEN NOT MATCHED THEN INSERT VALUES
        (n.org, n.metric, n.series_id, n.type, n.tags, n.first_seen, n.last_seen)""";

  private final DuckDBConnection connection;
  private final Function<List<StoredFile>, List<Path>> fetch;
  private final Set<String> loaded = new HashSet<>();
  private final Map<String, Map<String, String>> tagKeys = new ConcurrentHashMap<>();

  SeriesIndex(Engine engine, Function<List<StoredFile>, List<Path>> fetch) throws SQLException {
    connection = engine.connect();
    this.fetch = fetch;
    Engine.execute(
        connection,
        "CREATE TABLE series_index (org VARCHAR, metric VARCHAR, series_id BIGINT, type VARCHAR,"
            + " tags MAP(VARCHAR, VARCHAR), first_seen TIMESTAMPTZ, last_seen TIMESTAMPTZ)");
  }

  /** Takes in files that it has not seen. */
  synchronized void load(List<StoredFile> files) throws SQLException {
    List<StoredFile> fresh =
        files.stream().filter(file -> !loaded.contains(file.location())).toList();
    if (fresh.isEmpty()) {
      return;
    }
    String source =
        fetch.apply(fresh).stream()
            .map(path -> literal(path.toAbsolutePath().normalize().toString()))
            .collect(Collectors.joining(", ", "read_parquet([", "], hive_partitioning = false)"));
    merge(source);
    // those that are gone from the table were folded into others
    loaded.retainAll(files.stream().map(StoredFile::location).collect(Collectors.toSet()));
    fresh.forEach(file -> loaded.add(file.location()));
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

  private void merge(String source) throws SQLException {
    Engine.execute(connection, MERGE.formatted(source));
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("SELECT DISTINCT org, unnest(map_keys(tags)) FROM " + source)) {
      while (row.next()) {
        String key = row.getString(2);
        tagKeys
            .computeIfAbsent(row.getString(1), org -> new ConcurrentHashMap<>())
            .putIfAbsent(key.toLowerCase(Locale.ROOT), key);
      }
    }
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
