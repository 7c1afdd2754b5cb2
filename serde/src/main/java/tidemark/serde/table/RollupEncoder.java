package tidemark.serde.table;

import org.apache.iceberg.parquet.ParquetSchemaUtil;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.MessageType;
import tidemark.state.MetricNames;
import tidemark.state.MetricType;

/**
 * Rows of {@link RollupColumns} as Parquet records of {@link RollupsTable}, with nulls where a
 * column would only repeat another.
 */
final class RollupEncoder implements TableFileWriter.RowEncoder {
  static final MessageType MESSAGE = ParquetSchemaUtil.convert(RollupsTable.SCHEMA, "rollups");

  private static final Binary[] TYPE_LABELS = new Binary[MetricType.values().length];

  static {
    for (MetricType type : MetricType.values()) {
      TYPE_LABELS[type.ordinal()] = Binary.fromString(type.label());
    }
  }

  private final RollupColumns rows;
  private final int tierSeconds;
  // consecutive rows share their name: one Binary serves them all
  private int name = -1;
  private Binary org;
  private Binary metric;
  private MetricType type;

  RollupEncoder(RollupColumns rows, int tierSeconds) {
    this.rows = rows;
    this.tierSeconds = tierSeconds;
  }

  @Override
  public void write(int row, RecordConsumer out) {
    useName(rows.name[row]);
    double sum = rows.sum[row];
    // a histogram of one sample may know its bounds only
    boolean isSingle = rows.count[row] == 1 && rows.min[row] == sum && rows.max[row] == sum;
    integer(out, "tier", RollupsTable.TIER, tierSeconds);
    binary(out, "org", RollupsTable.ORG, org);
    binary(out, "metric", RollupsTable.METRIC, metric);
    number(out, "series_id", RollupsTable.SERIES_ID, rows.seriesId[row]);
    number(out, "window_start", RollupsTable.WINDOW_START, rows.windowStartMs[row] * 1000);
    binary(out, "type", RollupsTable.TYPE, TYPE_LABELS[type.ordinal()]);
    number(out, "count", RollupsTable.COUNT, rows.count[row]);
    real(out, "sum", RollupsTable.SUM, sum);
    if (rows.low[row] != 0) {
      real(out, "sum_low", RollupsTable.SUM_LOW, rows.low[row]);
    }
    bytes(out, "sum_rest", RollupsTable.SUM_REST, rows.bytesStart[row], rows.restEnd[row]);
    if (type == MetricType.COUNTER) {
      return;
    }
    if (!isSingle) {
      real(out, "min", RollupsTable.MIN, rows.min[row]);
      real(out, "max", RollupsTable.MAX, rows.max[row]);
    }
    if (type == MetricType.GAUGE) {
      if (!isSingle) {
        real(out, "last", RollupsTable.LAST, rows.last[row]);
      }
      integer(out, "last_ms", RollupsTable.LAST_MS, rows.lastMs[row]);
      return;
    }
    bytes(out, "sketch", RollupsTable.SKETCH, rows.restEnd[row], rows.bytesStart[row + 1]);
    if (rows.sketchError[row] > 0) {
      real(out, "sketch_error", RollupsTable.SKETCH_ERROR, rows.sketchError[row]);
    }
  }

  private void useName(int number) {
    if (number == name) {
      return;
    }
    name = number;
    MetricNames.Name text = rows.names.name(number);
    org = Binary.fromConstantByteArray(text.org());
    metric = Binary.fromConstantByteArray(text.metric());
    type = text.type();
  }

  private static void integer(RecordConsumer out, String field, int id, int value) {
    out.startField(field, id - 1);
    out.addInteger(value);
    out.endField(field, id - 1);
  }

  private static void number(RecordConsumer out, String field, int id, long value) {
    out.startField(field, id - 1);
    out.addLong(value);
    out.endField(field, id - 1);
  }

  private static void real(RecordConsumer out, String field, int id, double value) {
    out.startField(field, id - 1);
    out.addDouble(value);
    out.endField(field, id - 1);
  }

  private static void binary(RecordConsumer out, String field, int id, Binary value) {
    out.startField(field, id - 1);
    out.addBinary(value);
    out.endField(field, id - 1);
  }

  private void bytes(RecordConsumer out, String field, int id, int start, int end) {
    if (end > start) {
      // "reused": the dictionary must copy what it keeps, since the array may be written again
      binary(out, field, id, Binary.fromReusedByteArray(rows.bytes, start, end - start));
    }
  }
}
