package tidemark.serde.table;

import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.types.Types;

/**
 * The {@code rollups} table: partial aggregates of all tiers and types, one row per series, window
 * and epoch that touched it. Readers merge rows of the same (tier, org, metric, series_id, type,
 * window_start).
 *
 * <p>Null where a column only repeats another:
 *
 * <pre>
 * sum_low      null: {@code sum} is the exact sum; else exact sum = sum + sum_low (+ sum_rest)
 * sum_rest     null: nothing left after sum_low; else big-endian doubles, descending magnitude
 * min,max,last null for a counter; for others null means "equal to sum", which only a row of one
 *              point (count = 1) may say
 * last_ms      null unless a gauge; milliseconds from window_start to the point that is {@code last}
 * sketch       null unless a distribution; bytes as {@code tidemark.state.SketchBuffer} documents
 * sketch_error null: the sketch's own relative error, 0.54 %; else the larger bound that
 *              pre-aggregated input brought with it
 * </pre>
 */
public final class RollupsTable {
  public static final String NAMESPACE = "tidemark";
  public static final TableIdentifier ID = TableIdentifier.of(NAMESPACE, "rollups");

  public static final int TIER = 1;
  public static final int ORG = 2;
  public static final int METRIC = 3;
  public static final int SERIES_ID = 4;
  public static final int WINDOW_START = 5;
  public static final int TYPE = 6;
  public static final int COUNT = 7;
  public static final int SUM = 8;
  public static final int SUM_LOW = 9;
  public static final int SUM_REST = 10;
  public static final int MIN = 11;
  public static final int MAX = 12;
  public static final int LAST = 13;
  public static final int LAST_MS = 14;
  public static final int SKETCH = 15;
  public static final int SKETCH_ERROR = 16;

  /**
   * Field ids are the constants above; {@code tier} is the resolution in seconds: 10, 60, 3600; 0
   * is the ledger ({@link LedgerRows}).
   */
  public static final Schema SCHEMA =
      new Schema(
          Types.NestedField.required(TIER, "tier", Types.IntegerType.get()),
          Types.NestedField.required(ORG, "org", Types.StringType.get()),
          Types.NestedField.required(METRIC, "metric", Types.StringType.get()),
          Types.NestedField.required(SERIES_ID, "series_id", Types.LongType.get()),
          Types.NestedField.required(WINDOW_START, "window_start", Types.TimestampType.withZone()),
          Types.NestedField.required(TYPE, "type", Types.StringType.get()),
          Types.NestedField.required(COUNT, "count", Types.LongType.get()),
          Types.NestedField.required(SUM, "sum", Types.DoubleType.get()),
          Types.NestedField.optional(SUM_LOW, "sum_low", Types.DoubleType.get()),
          Types.NestedField.optional(SUM_REST, "sum_rest", Types.BinaryType.get()),
          Types.NestedField.optional(MIN, "min", Types.DoubleType.get()),
          Types.NestedField.optional(MAX, "max", Types.DoubleType.get()),
          Types.NestedField.optional(LAST, "last", Types.DoubleType.get()),
          Types.NestedField.optional(LAST_MS, "last_ms", Types.IntegerType.get()),
          Types.NestedField.optional(SKETCH, "sketch", Types.BinaryType.get()),
          Types.NestedField.optional(SKETCH_ERROR, "sketch_error", Types.DoubleType.get()));

  /** By tier and UTC day of the window: retention per tier is a metadata delete. */
  public static final PartitionSpec SPEC =
      PartitionSpec.builderFor(SCHEMA).identity("tier").day("window_start").build();

  /**
   * Table property that retention sets when it drops days of a tier: the first UTC day that it
   * keeps, as {@code 2026-03-01}. Late rows of an older day may come after that.
   */
  public static String keptFromProperty(int tierSeconds) {
    return "tidemark.kept-from." + tierSeconds;
  }

  private RollupsTable() {}
}
