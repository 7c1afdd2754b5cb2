package tidemark.gateway.hot;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;
import tidemark.gateway.hot.WriterState.Count;
import tidemark.serde.partial.PartialBatch;
import tidemark.serde.partial.PartialReader;
import tidemark.state.MetricNames;
import tidemark.state.MetricType;
import tidemark.state.PartialRow;

/**
 * Rows sent after one barrier, in a table of the engine with the columns of {@link
 * tidemark.serde.table.RollupsTable}, and the number of the writer in front.
 *
 * <p>Not thread-safe. Appending costs about a microsecond a row.
 */
final class HotTable {
  private static final String COLUMNS =
      "(writer INTEGER, tier INTEGER, org VARCHAR, metric VARCHAR, series_id BIGINT,"
          + " window_start TIMESTAMPTZ, type VARCHAR, count BIGINT, sum DOUBLE, sum_low DOUBLE,"
          + " sum_rest BLOB, min DOUBLE, max DOUBLE, last DOUBLE, last_ms INTEGER, sketch BLOB,"
          + " sketch_error DOUBLE)";

  private final DuckDBConnection connection;
  private final String name;
  private final DuckDBAppender appender;
  private final MetricNames names = new MetricNames(System.nanoTime());
  private final PartialReader reader = new PartialReader(names);
  private final PartialRow row = new PartialRow();
  private final List<String[]> texts = new ArrayList<>(); // org and metric by the name's number
  private long rows;
  private boolean hasUnflushed;

  HotTable(DuckDBConnection connection, String name) throws SQLException {
    this.connection = connection;
    this.name = name;
    HotRows.execute(connection, "CREATE TABLE " + name + COLUMNS);
    appender = connection.createAppender("main", name);
  }

  String name() {
    return name;
  }

  long rows() {
    return rows;
  }

  /**
   * Appends the rows of a batch.
   *
   * @param counts by org, to add to
   * @param endedMs windows whose last millisecond is at or before it were closed: their rows are
   *     late
   * @return how many
   */
  int append(int writer, PartialBatch batch, Map<String, Count> counts, long endedMs)
      throws SQLException {
    int appended = 0;
    int tierSeconds = batch.tierSeconds();
    reader.open(batch);
    while (reader.next(row)) {
      String[] text = text(row.name);
      append(writer, tierSeconds, text);
      appended++;
      Count count = counts.computeIfAbsent(text[0], org -> new Count());
      count.rows++;
      if (row.windowStartMs + tierSeconds * 1000L - 1 <= endedMs && tierSeconds == 10) {
        count.latePoints += row.count;
      }
    }
    rows += appended;
    hasUnflushed = true;
    return appended;
  }

  private void append(int writer, int tierSeconds, String[] text) throws SQLException {
    appender.beginRow();
    appender.append(writer).append(tierSeconds).append(text[0]).append(text[1]);
    appender.append(row.seriesId).appendEpochMicros(Math.multiplyExact(row.windowStartMs, 1000L));
    appender.append(row.type.label()).append(row.count).append(row.sum);
    appendUnless(row.low == 0, row.low);
    if (row.rest.length == 0) {
      appender.appendNull();
    } else {
      ByteBuffer rest = ByteBuffer.wrap(new byte[8 * row.rest.length]);
      rest.asDoubleBuffer().put(row.rest);
      appender.append(rest.array());
    }
    boolean isGauge = row.type == MetricType.GAUGE;
    boolean isDistribution = row.type == MetricType.DISTRIBUTION;
    appendUnless(!isGauge && !isDistribution, row.min);
    appendUnless(!isGauge && !isDistribution, row.max);
    appendUnless(!isGauge, row.last);
    if (isGauge) {
      appender.append((int) (row.lastTimestampMs - row.windowStartMs));
    } else {
      appender.appendNull();
    }
    if (isDistribution) {
      int end = row.sketchOffset + row.sketchLength;
      appender.append(Arrays.copyOfRange(row.sketch, row.sketchOffset, end));
    } else {
      appender.appendNull();
    }
    appendUnless(!isDistribution || row.sketchError == 0, row.sketchError);
    appender.endRow();
  }

  private void appendUnless(boolean isNull, double value) throws SQLException {
    if (isNull) {
      appender.appendNull();
    } else {
      appender.append(value);
    }
  }

  private String[] text(int number) {
    while (texts.size() <= number) {
      MetricNames.Name found = names.name(texts.size());
      texts.add(new String[] {new String(found.org(), UTF_8), new String(found.metric(), UTF_8)});
    }
    return texts.get(number);
  }

  void flush() throws SQLException {
    if (hasUnflushed) {
      appender.flush();
      hasUnflushed = false;
    }
  }

  void drop() throws SQLException {
    appender.close();
    HotRows.execute(connection, "DROP TABLE " + name);
  }
}
