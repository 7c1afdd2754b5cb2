package tidemark.serde.table;

import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.types.Types;

/**
 * The {@code series} table: what each series id stands for. Several rows may exist for one series;
 * readers take the smallest {@code first_seen} and the largest {@code last_seen}.
 *
 * <p>{@code first_seen} and {@code last_seen} are starts of UTC days: the first and the last on
 * which the series had points. A series gets a row when it is first seen and one for each further
 * day, so the merged row does not depend on the order in which points came.
 */
public final class SeriesTable {
  public static final TableIdentifier ID = TableIdentifier.of(RollupsTable.NAMESPACE, "series");

  public static final int ORG = 1;
  public static final int METRIC = 2;
  public static final int SERIES_ID = 3;
  public static final int TYPE = 4;
  public static final int TAGS = 5;
  public static final int FIRST_SEEN = 6;
  public static final int LAST_SEEN = 7;
  public static final int TAGS_KEY = 8;
  public static final int TAGS_VALUE = 9;

  public static final Schema SCHEMA =
      new Schema(
          Types.NestedField.required(ORG, "org", Types.StringType.get()),
          Types.NestedField.required(METRIC, "metric", Types.StringType.get()),
          Types.NestedField.required(SERIES_ID, "series_id", Types.LongType.get()),
          Types.NestedField.required(TYPE, "type", Types.StringType.get()),
          Types.NestedField.required(
              TAGS,
              "tags",
              Types.MapType.ofRequired(
                  TAGS_KEY, TAGS_VALUE, Types.StringType.get(), Types.StringType.get())),
          Types.NestedField.required(FIRST_SEEN, "first_seen", Types.TimestampType.withZone()),
          Types.NestedField.required(LAST_SEEN, "last_seen", Types.TimestampType.withZone()));

  public static final PartitionSpec SPEC = PartitionSpec.unpartitioned();

  private SeriesTable() {}
}
