package tidemark.gateway.scan;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.duckdb.DuckDBColumnType;
import org.duckdb.DuckDBDataChunkWriter;
import org.duckdb.DuckDBWritableVector;
import tidemark.gateway.scan.SeriesGroups.Member;
import tidemark.state.ExactSum;
import tidemark.state.MetricType;

/**
 * The rows of a scan that ran, one for each cell with a value, as the engine takes them. Not
 * thread-safe.
 */
final class ScanRows {
  /** What a row may show, in this order. */
  static final List<Column> COLUMNS =
      List.of(
          new Column("metric_number", DuckDBColumnType.INTEGER, ScanRows::metric),
          new Column("series_id", DuckDBColumnType.BIGINT, ScanRows::seriesId),
          new Column("window_start_us", DuckDBColumnType.BIGINT, ScanRows::windowStart),
          new Column("type_number", DuckDBColumnType.INTEGER, ScanRows::type),
          new Column("count", DuckDBColumnType.BIGINT, ScanRows::count),
          new Column("sum", DuckDBColumnType.DOUBLE, ScanRows::sum),
          new Column("sum_low", DuckDBColumnType.DOUBLE, ScanRows::sumLow),
          new Column("sum_rest_hex", DuckDBColumnType.VARCHAR, ScanRows::sumRest),
          new Column("min", DuckDBColumnType.DOUBLE, ScanRows::min),
          new Column("max", DuckDBColumnType.DOUBLE, ScanRows::max),
          new Column("last", DuckDBColumnType.DOUBLE, ScanRows::last),
          new Column("last_ms", DuckDBColumnType.BIGINT, ScanRows::lastMs),
          new Column("sketch_base64", DuckDBColumnType.VARCHAR, ScanRows::sketch),
          new Column("sketch_error", DuckDBColumnType.DOUBLE, ScanRows::sketchError));

  private static final int CHUNK_ROWS = 4_096;

  /** Writes one value of a cell. */
  interface Writer {
    void write(ScanRows rows, int cell, DuckDBWritableVector to, long row);
  }

  /** A column by its name in the engine. */
  record Column(String name, DuckDBColumnType type, Writer writer) {}

  private final ScanGrid grid;
  private final ScanCells cells;
  private final SeriesGroups groups;
  private final List<String> metrics;
  private final int[] columns;
  private final int[] written;
  private int next;

  /**
   * @param columns to be written, as places in {@link #COLUMNS}
   */
  ScanRows(StoredScan scan, ScanCells cells, int[] columns) {
    grid = scan.grid();
    groups = scan.request().groups();
    metrics = List.copyOf(groups.metrics());
    this.cells = cells;
    this.columns = columns;
    written = new int[CHUNK_ROWS];
  }

  /** Writes as many rows as fit; returns how many, 0 at the end. */
  long write(DuckDBDataChunkWriter output) {
    int size = 0;
    int capacity = (int) Math.min(written.length, output.capacity());
    for (; next < cells.size() && size < capacity; next++) {
      if (cells.isPresent[next]) {
        written[size++] = next;
      }
    }
    for (int i = 0; i < columns.length; i++) {
      // a place beyond them is of no column: the engine only counts rows
      if (columns[i] >= 0 && columns[i] < COLUMNS.size()) {
        DuckDBWritableVector vector = output.vector(i);
        Writer writer = COLUMNS.get(columns[i]).writer();
        for (int row = 0; row < size; row++) {
          writer.write(this, written[row], vector, row);
        }
      }
    }
    return size;
  }

  private Member member(int cell) {
    return groups.member(grid.group(cell));
  }

  private void metric(int cell, DuckDBWritableVector to, long row) {
    to.setInt(row, 1 + metrics.indexOf(member(cell).metric()));
  }

  private void seriesId(int cell, DuckDBWritableVector to, long row) {
    to.setLong(row, member(cell).seriesId());
  }

  private void windowStart(int cell, DuckDBWritableVector to, long row) {
    to.setLong(row, Math.multiplyExact(grid.windowStartMs(cell), 1000L));
  }

  private void type(int cell, DuckDBWritableVector to, long row) {
    to.setInt(row, 1 + member(cell).type().ordinal());
  }

  private void count(int cell, DuckDBWritableVector to, long row) {
    if (cells.count == null) {
      to.setNull(row);
    } else {
      to.setLong(row, cells.count[cell]);
    }
  }

  private void sum(int cell, DuckDBWritableVector to, long row) {
    if (cells.sum == null) {
      to.setNull(row);
    } else {
      to.setDouble(row, cells.exactSum(cell).value());
    }
  }

  private void sumLow(int cell, DuckDBWritableVector to, long row) {
    double low = cells.sum == null ? 0 : cells.exactSum(cell).low();
    if (low == 0) {
      to.setNull(row);
    } else {
      to.setDouble(row, low);
    }
  }

  private void sumRest(int cell, DuckDBWritableVector to, long row) {
    ExactSum sum = cells.sum == null ? new ExactSum() : cells.exactSum(cell);
    if (!sum.hasRest()) {
      to.setNull(row);
      return;
    }
    double[] rest = sum.rest();
    ByteBuffer bytes = ByteBuffer.allocate(rest.length * Double.BYTES);
    bytes.asDoubleBuffer().put(rest);
    to.setString(row, HexFormat.of().formatHex(bytes.array()));
  }

  private void min(int cell, DuckDBWritableVector to, long row) {
    bound(cells.min, cell, to, row);
  }

  private void max(int cell, DuckDBWritableVector to, long row) {
    bound(cells.max, cell, to, row);
  }

  private void bound(double[] bounds, int cell, DuckDBWritableVector to, long row) {
    if (bounds == null || member(cell).type() == MetricType.COUNTER) {
      to.setNull(row);
    } else {
      to.setDouble(row, bounds[cell]);
    }
  }

  private void last(int cell, DuckDBWritableVector to, long row) {
    if (cells.hasLast(cell)) {
      to.setDouble(row, cells.last[cell]);
    } else {
      to.setNull(row);
    }
  }

  private void lastMs(int cell, DuckDBWritableVector to, long row) {
    if (cells.hasLast(cell)) {
      to.setLong(row, cells.lastAtMs[cell] - grid.windowStartMs(cell));
    } else {
      to.setNull(row);
    }
  }

  private void sketch(int cell, DuckDBWritableVector to, long row) {
    if (cells.sketch == null || cells.sketch[cell] == null) {
      to.setNull(row);
    } else {
      to.setString(
          row, Base64.getEncoder().encodeToString(cells.sketch[cell].toSketch().toBytes()));
    }
  }

  private void sketchError(int cell, DuckDBWritableVector to, long row) {
    if (cells.sketchError == null || cells.sketchError[cell] == 0) {
      to.setNull(row);
    } else {
      to.setDouble(row, cells.sketchError[cell]);
    }
  }
}
