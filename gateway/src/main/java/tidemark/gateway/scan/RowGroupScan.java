package tidemark.gateway.scan;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import tidemark.gateway.scan.ScanRequest.Coarser;
import tidemark.gateway.scan.ScanRequest.Others;
import tidemark.serde.table.ColumnPages;
import tidemark.serde.table.RollupsTable;
import tidemark.serde.table.RowGroupColumns;
import tidemark.serde.table.StoredColumns;
import tidemark.state.MetricType;
import tidemark.state.definition.CoarserSeries;

/**
 * Merges the rows of one row group after the other into cells, a strip of rows at a time: first the
 * cell of each row, from the columns of its key, then column after column of values, of which pages
 * without a row that counts are never decompressed.
 *
 * <p>Costs some nanoseconds a row and column. Not thread-safe.
 */
final class RowGroupScan implements AutoCloseable {
  private static final int STRIP_ROWS = 4_096;

  /** Group of a row whose series is not known, if its time is asked for. */
  private static final int UNKNOWN = -2;

  private static final long NO_TIME = Long.MIN_VALUE;

  private final ScanRequest request;
  private final RowGroupFilter filter;
  private final ScanGrid grid;
  private final ScanCells cells;
  private final BooleanSupplier isCancelled;
  private final Set<ScanColumn> wanted;

  private final RowGroupColumns columns = new RowGroupColumns();

  // the row group
  private StoredColumns file;
  private int group;

  // the strip
  private long stripStart;
  private final int[] cellOf = new int[STRIP_ROWS];
  private final int[] groupOf = new int[STRIP_ROWS];
  private final int[] textOf = new int[STRIP_ROWS];
  private final long[] windowStart = new long[STRIP_ROWS];
  private final long[] sums = new long[STRIP_ROWS];
  private final long[] values = new long[STRIP_ROWS];

  /**
   * @param isCancelled is asked now and then
   */
  RowGroupScan(
      ScanRequest request,
      RowGroupFilter filter,
      ScanGrid grid,
      ScanCells cells,
      BooleanSupplier isCancelled) {
    this.isCancelled = isCancelled;
    this.request = request;
    this.filter = filter;
    this.grid = grid;
    this.cells = cells;
    wanted = request.columns();
  }

  /**
   * Merges rows of a row group.
   *
   * @param from not below what was read of the same row group just before
   * @param to exclusive
   */
  void merge(StoredColumns source, int rowGroup, long from, long to) throws IOException {
    if (source != file || rowGroup != group) {
      file = source;
      group = rowGroup;
      columns.open(source, rowGroup);
    }
    for (long row = from; row < to; row += STRIP_ROWS) {
      mergeStrip(row, (int) Math.min(STRIP_ROWS, to - row));
    }
  }

  private void mergeStrip(long start, int rows) throws IOException {
    if (isCancelled.getAsBoolean()) {
      throw new ScanException(ScanException.Reason.CANCELLED);
    }
    stripStart = start;
    int end = findGroups(rows);
    if (end == 0) {
      return;
    }
    // what is not asked for at both ends is not read any further
    int first = 0;
    while (groupOf[first] == SeriesGroups.NONE) {
      first++;
    }
    stripStart += first;
    System.arraycopy(groupOf, first, groupOf, 0, end - first);
    if (findCells(end - first) > 0) {
      mergeValues(end - first);
    }
  }

  /** The column at the strip's first row. */
  private ColumnPages column(int fieldId) throws IOException {
    return columns.column(fieldId, stripStart);
  }

  // ---- keys

  /** Finds the rows' groups; returns where the last row with one ends, 0 if there is none. */
  private int findGroups(int rows) throws IOException {
    Arrays.fill(groupOf, 0, rows, 0);
    leaveOthers(RollupsTable.ORG, rows, filter.org());
    if (request.metrics().isPresent()) {
      leaveOthers(RollupsTable.METRIC, rows, filter.metrics());
    } else if (request.coarser() == Coarser.LEFT_OUT) {
      leave(RollupsTable.METRIC, rows, RowGroupScan::isCoarser);
    }
    ColumnPages types = column(RollupsTable.TYPE);
    types.readTexts(textOf, rows);
    SeriesGroups.IdTable[] tables = tables(types.texts());
    column(RollupsTable.SERIES_ID).read(values, rows);
    int end = 0;
    int found = SeriesGroups.NONE;
    for (int i = 0; i < rows; i++) {
      // neighbours are mostly of one series
      if (i == 0 || values[i] != values[i - 1] || textOf[i] != textOf[i - 1]) {
        found = tables[textOf[i]].get(values[i]);
      }
      if (groupOf[i] != SeriesGroups.NONE) {
        groupOf[i] = found == SeriesGroups.NONE ? unknown() : found;
        end = groupOf[i] == SeriesGroups.NONE ? end : i + 1;
      }
    }
    return end;
  }

  /** The group of a series that is in none. */
  private int unknown() {
    return request.others() == Others.REFUSED ? UNKNOWN : SeriesGroups.NONE;
  }

  /** Finds the rows' cells; returns how many rows have one. */
  private int findCells(int rows) throws IOException {
    column(RollupsTable.WINDOW_START).read(windowStart, rows);
    int counted = 0;
    for (int i = 0; i < rows; i++) {
      long window = windowStart[i];
      int group = groupOf[i];
      if (group == SeriesGroups.NONE || !filter.isInTime(window)) {
        cellOf[i] = SeriesGroups.NONE;
        continue;
      }
      if (group == UNKNOWN) {
        throw new ScanException(ScanException.Reason.UNKNOWN_SERIES);
      }
      int cell = grid.cell(group, window);
      cellOf[i] = cell;
      cells.isPresent[cell] = true;
      counted++;
    }
    return counted;
  }

  /** Marks the rows that have none of these texts. */
  private void leaveOthers(int fieldId, int rows, byte[]... texts) throws IOException {
    if (texts.length == 1 && file.holdsOnly(group, fieldId, texts[0])) {
      return;
    }
    leave(
        fieldId,
        rows,
        found -> Arrays.stream(texts).noneMatch(wantedText -> Arrays.equals(found, wantedText)));
  }

  private static boolean isCoarser(byte[] metric) {
    return CoarserSeries.isName(new String(metric, UTF_8));
  }

  /** Marks the rows whose text is left out. */
  private void leave(int fieldId, int rows, Predicate<byte[]> isLeft) throws IOException {
    ColumnPages column = column(fieldId);
    column.readTexts(textOf, rows);
    byte[][] dictionary = column.texts();
    boolean[] isWanted = new boolean[dictionary.length];
    for (int i = 0; i < dictionary.length; i++) {
      isWanted[i] = !isLeft.test(dictionary[i]);
    }
    for (int i = 0; i < rows; i++) {
      if (!isWanted[textOf[i]]) {
        groupOf[i] = SeriesGroups.NONE;
      }
    }
  }

  private SeriesGroups.IdTable[] tables(byte[][] labels) {
    SeriesGroups.IdTable[] tables = new SeriesGroups.IdTable[labels.length];
    for (int i = 0; i < labels.length; i++) {
      tables[i] = request.groups().ofType(MetricType.ofLabel(new String(labels[i], UTF_8)));
    }
    return tables;
  }

  // ---- values

  private void mergeValues(int rows) throws IOException {
    if (wanted.contains(ScanColumn.COUNT)) {
      column(RollupsTable.COUNT).read(values, rows);
      for (int i = 0; i < rows; i++) {
        if (cellOf[i] >= 0) {
          cells.count[cellOf[i]] += values[i];
        }
      }
    }
    boolean hasBounds =
        wanted.contains(ScanColumn.MIN)
            || wanted.contains(ScanColumn.MAX)
            || wanted.contains(ScanColumn.LAST);
    if (hasBounds || wanted.contains(ScanColumn.SUM)) {
      column(RollupsTable.SUM).read(sums, rows);
    }
    if (wanted.contains(ScanColumn.SUM)) {
      mergeSums(rows);
    }
    if (hasBounds) {
      mergeBounds(rows);
    }
    if (wanted.contains(ScanColumn.SKETCH)) {
      column(RollupsTable.SKETCH)
          .readBytes(
              rows,
              (i, bytes, offset, length) -> {
                if (cellOf[i] >= 0) {
                  cells.sketch(cellOf[i]).mergeEncoded(bytes, offset, length);
                }
              });
    }
    if (wanted.contains(ScanColumn.SKETCH_ERROR)) {
      Arrays.fill(values, 0, rows, 0);
      column(RollupsTable.SKETCH_ERROR).read(values, rows);
      for (int i = 0; i < rows; i++) {
        if (cellOf[i] >= 0) {
          cells.sketchError[cellOf[i]] =
              Math.max(cells.sketchError[cellOf[i]], Double.longBitsToDouble(values[i]));
        }
      }
    }
  }

  private void mergeSums(int rows) throws IOException {
    Arrays.fill(values, 0, rows, 0); // no bits: 0.0
    column(RollupsTable.SUM_LOW).read(values, rows);
    for (int i = 0; i < rows; i++) {
      if (cellOf[i] >= 0) {
        cells.addSum(
            cellOf[i], Double.longBitsToDouble(sums[i]), Double.longBitsToDouble(values[i]));
      }
    }
    column(RollupsTable.SUM_REST)
        .readBytes(
            rows,
            (i, bytes, offset, length) -> {
              if (cellOf[i] >= 0) {
                ByteBuffer rest = ByteBuffer.wrap(bytes, offset, length);
                while (rest.hasRemaining()) {
                  cells.addRest(cellOf[i], rest.getDouble());
                }
              }
            });
  }

  /** A row without bounds of its own has one point: its sum. */
  private void mergeBounds(int rows) throws IOException {
    if (wanted.contains(ScanColumn.MIN)) {
      readOrSum(RollupsTable.MIN, rows);
      for (int i = 0; i < rows; i++) {
        if (cellOf[i] >= 0) {
          int cell = cellOf[i];
          cells.min[cell] = Math.min(cells.min[cell], Double.longBitsToDouble(values[i]));
        }
      }
    }
    if (wanted.contains(ScanColumn.MAX)) {
      readOrSum(RollupsTable.MAX, rows);
      for (int i = 0; i < rows; i++) {
        if (cellOf[i] >= 0) {
          int cell = cellOf[i];
          cells.max[cell] = Math.max(cells.max[cell], Double.longBitsToDouble(values[i]));
        }
      }
    }
    if (wanted.contains(ScanColumn.LAST)) {
      readOrSum(RollupsTable.LAST, rows);
      Arrays.fill(sums, 0, rows, NO_TIME);
      column(RollupsTable.LAST_MS).read(sums, rows);
      for (int i = 0; i < rows; i++) {
        if (cellOf[i] >= 0 && sums[i] != NO_TIME) {
          cells.offerLast(
              cellOf[i],
              Math.floorDiv(windowStart[i], 1000L) + sums[i],
              Double.longBitsToDouble(values[i]));
        }
      }
    }
  }

  private void readOrSum(int fieldId, int rows) throws IOException {
    System.arraycopy(sums, 0, values, 0, rows);
    column(fieldId).read(values, rows);
  }

  @Override
  public void close() {
    columns.close();
  }
}
