package tidemark.gateway.query;

import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.function.Consumer;
import org.duckdb.DuckDBConnection;
import tidemark.gateway.hot.FeedReader;
import tidemark.gateway.hot.HotRows;
import tidemark.serde.partial.SeriesEntry;

/** Where hot rows come from. */
public interface FeedSource {
  /**
   * Begins to read.
   *
   * @param connection to the engine, owned by the feed from here on
   */
  OpenFeed open(DuckDBConnection connection, SeriesIndex series) throws SQLException;

  /**
   * A Kafka topic.
   *
   * @param maxRows kept; with more no hot row is shown until commits have caught up
   */
  static FeedSource kafka(String bootstrapServers, String topic, long maxRows) {
    return (connection, series) -> {
      FeedReader.Topic found = FeedReader.find(bootstrapServers, topic);
      HotRows rows = new HotRows(connection, found.partitions(), maxRows, Clock.systemUTC());
      return new KafkaFeed(rows, found.read(rows, adding(series)));
    };
  }

  private static Consumer<List<SeriesEntry>> adding(SeriesIndex series) {
    return entries -> {
      try {
        series.add(entries);
      } catch (SQLException e) {
        throw new IllegalStateException("new series cannot be kept", e);
      }
    };
  }
}
