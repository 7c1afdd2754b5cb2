package tidemark.gateway.query;

import java.sql.SQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tidemark.gateway.hot.FeedReader;
import tidemark.gateway.hot.HotRows;

/** The feed topic of a broker. */
final class KafkaFeed implements OpenFeed {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaFeed.class);

  private final HotRows rows;
  private final FeedReader reader;

  KafkaFeed(HotRows rows, FeedReader reader) {
    this.rows = rows;
    this.reader = reader;
  }

  @Override
  public HotRows rows() {
    return rows;
  }

  @Override
  public boolean isAlive() {
    return reader.isAlive();
  }

  @Override
  public long lagRecords() {
    return reader.lagRecords();
  }

  @Override
  public void close() {
    reader.close();
    try {
      rows.close();
    } catch (SQLException e) {
      LOG.warn("hot rows could not be dropped", e);
    }
  }
}
