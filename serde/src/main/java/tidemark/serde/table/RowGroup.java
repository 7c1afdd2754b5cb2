package tidemark.serde.table;

import tidemark.state.MetricType;

/** The rows of one row group in order and in columns, fetched from where they waited. */
final class RowGroup {
  long[] seriesId = {};
  long[] windowStart; // microseconds
  int[] name;
  long[] count;
  long[] sum; // double bits, as those that follow
  long[] low;
  long[] min;
  long[] max;
  long[] last;
  long[] lastMs; // since the window's start
  long[] sketchError;
  int[] bytesStart;
  int[] restEnd;
  int[] bytesEnd;

  // filled while columns are written
  MetricType[] types;
  boolean[] hasBounds;
  long[] values;
  int[] levels;
  int[] starts;
  int[] ends;

  /** Fetches rows {@code order[from]} to {@code order[to - 1]}. */
  void fetch(RollupRows rows, int[] order, int from, int to) {
    int size = to - from;
    if (seriesId.length < size) {
      allocate(size);
    }
    for (int i = 0; i < size; i++) {
      int row = order[from + i];
      long[] block = rows.block(row);
      int at = RollupRows.at(row);
      seriesId[i] = block[at + RollupRows.SERIES_ID];
      windowStart[i] = block[at + RollupRows.WINDOW_START_MS] * 1000;
      name[i] = RollupRows.high(block[at + RollupRows.NAME]);
      lastMs[i] = RollupRows.low(block[at + RollupRows.NAME]);
      count[i] = block[at + RollupRows.COUNT];
      sum[i] = block[at + RollupRows.SUM];
      low[i] = block[at + RollupRows.LOW];
      min[i] = block[at + RollupRows.MIN];
      max[i] = block[at + RollupRows.MAX];
      last[i] = block[at + RollupRows.LAST];
      sketchError[i] = block[at + RollupRows.SKETCH_ERROR];
      bytesStart[i] = RollupRows.high(block[at + RollupRows.BYTES]);
      restEnd[i] = RollupRows.low(block[at + RollupRows.BYTES]);
      bytesEnd[i] = (int) block[at + RollupRows.BYTES_END];
    }
  }

  private void allocate(int rows) {
    seriesId = new long[rows];
    windowStart = new long[rows];
    name = new int[rows];
    count = new long[rows];
    sum = new long[rows];
    low = new long[rows];
    min = new long[rows];
    max = new long[rows];
    last = new long[rows];
    lastMs = new long[rows];
    sketchError = new long[rows];
    bytesStart = new int[rows];
    restEnd = new int[rows];
    bytesEnd = new int[rows];
    types = new MetricType[rows];
    hasBounds = new boolean[rows];
    values = new long[rows];
    levels = new int[rows];
    starts = new int[rows + 1]; // one behind the last may be written and is not read
    ends = new int[rows + 1];
  }
}
