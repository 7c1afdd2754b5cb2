package tidemark.gateway.scan;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.duckdb.DuckDBColumnType;
import org.duckdb.DuckDBDataChunkWriter;
import org.duckdb.DuckDBFunctions;
import org.duckdb.DuckDBTableFunction;
import org.duckdb.DuckDBTableFunctionBindInfo;
import org.duckdb.DuckDBTableFunctionCallInfo;
import org.duckdb.DuckDBTableFunctionInitInfo;
import tidemark.state.MetricType;

/**
 * {@code tidemark_scan(number)}: the rows of a planned scan as a table of the engine. Its columns
 * are those of stored rows, spelled as what the driver can write: metric and type as numbers, bytes
 * as text.
 *
 * <p>Thread-safe. A row costs some 20 ns a column that the statement needs.
 */
final class ScanFunction
    implements DuckDBTableFunction<StoredScan, ScanRows, ScanFunction.NoState> {
  static final String NAME = "tidemark_scan";

  private final Map<Long, StoredScan> scans = new ConcurrentHashMap<>();
  private final AtomicLong numbers = new AtomicLong();

  /** Threads of the engine have nothing of their own here. */
  static final class NoState {}

  void register(Connection connection) throws SQLException {
    DuckDBFunctions.tableFunction()
        .withName(NAME)
        .withParameter(DuckDBColumnType.BIGINT)
        .withProjectionPushdown()
        .withFunction(this)
        .register(connection);
  }

  /** A number that no other scan has. */
  long newNumber() {
    return numbers.incrementAndGet();
  }

  /** Keeps a scan by a number of the caller's own until it is {@link #remove removed}. */
  void add(long number, StoredScan scan) {
    scans.put(number, scan);
  }

  void remove(long number) {
    scans.remove(number);
  }

  /**
   * SELECT of a scan's rows with the columns of stored rows.
   *
   * @param metrics in the order of their numbers
   */
  static String select(long number, int tierSeconds, List<String> metrics) {
    return """
        SELECT ([%s])[metric_number] AS metric, series_id,
          make_timestamptz(window_start_us) AS window_start, ([%s])[type_number] AS type, count,
          sum, sum_low, unhex(sum_rest_hex) AS sum_rest, min, max, last, last_ms,
          from_base64(sketch_base64) AS sketch, sketch_error, %d AS resolution
        FROM %s(%d)"""
        .formatted(texts(metrics), texts(types()), tierSeconds, NAME, number);
  }

  private static List<String> types() {
    List<String> labels = new ArrayList<>();
    for (MetricType type : MetricType.values()) {
      labels.add(type.label());
    }
    return labels;
  }

  private static String texts(List<String> texts) {
    List<String> literals = new ArrayList<>();
    for (String text : texts) {
      literals.add("'" + text.replace("'", "''") + "'");
    }
    return String.join(", ", literals);
  }

  // ---- what the engine calls

  @Override
  public StoredScan bind(DuckDBTableFunctionBindInfo info) {
    StoredScan scan = scans.get(info.getParameter(0).getLong());
    if (scan == null) {
      throw new IllegalStateException("the scan is over");
    }
    for (ScanRows.Column column : ScanRows.COLUMNS) {
      info.addResultColumn(column.name(), column.type());
    }
    return scan;
  }

  @Override
  public ScanRows init(DuckDBTableFunctionInitInfo info) throws Exception {
    StoredScan scan = info.getBindData();
    int[] columns = new int[(int) info.getColumnCount()];
    for (int i = 0; i < columns.length; i++) {
      columns[i] = (int) info.getColumnIndex(i);
    }
    info.setMaxThreads(1);
    try {
      return new ScanRows(scan, scan.take(), columns);
    } catch (ScanException e) {
      e.log(); // the engine passes on the message only
      throw e;
    }
  }

  @Override
  public NoState localInit(DuckDBTableFunctionInitInfo info) {
    return new NoState();
  }

  @Override
  public long apply(DuckDBTableFunctionCallInfo info, DuckDBDataChunkWriter output) {
    ScanRows rows = info.getInitData();
    return rows.write(output);
  }
}
