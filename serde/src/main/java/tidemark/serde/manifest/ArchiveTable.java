package tidemark.serde.manifest;

import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.types.Types;
import tidemark.serde.table.RollupsTable;

/**
 * The {@code archive} table: which offsets of which partition stand in which file, and which are
 * gone. Rows of a partition neither overlap nor leave a hole.
 *
 * <pre>
 * kind                 "records", "gap" or "expired"
 * topic, topic_id      name, and Kafka's id, by which a topic made anew under the name is known
 * partition
 * from_offset          the row speaks for [from_offset, to_offset): what a "records" row's file
 * to_offset            has no record of there, Kafka had none of; a "gap" is lost to the archive;
 *                      "expired" was a "records" row until retention dropped the file
 * file, file_bytes     location and length; null and 0 of a gap. A file has a row for each of its
 *                      partitions, and several where a gap lies between its offsets
 * file_from, file_to   the file's own range of the partition, which other rows may speak for in
 *                      part; it may begin above from_offset and end above to_offset
 * records              of the file's own range, as are the next two; 0 of a gap
 * payload_bytes
 * checksum             as {@code tidemark.serde.archive} defines it
 * earliest_ms          times of the points in the file's own range, epoch ms: -2^63 and 2^63 - 1
 * latest_ms            if some record may hold any, 2^63 - 1 and -2^63 if there is no point; of a
 *                      gap any
 * epoch                the commit that brought the row
 * sealed_at            when its file was sealed, or when the gap was seen; the table is partitioned
 *                      by the UTC day of it
 * </pre>
 */
public final class ArchiveTable {
  public static final TableIdentifier ID = TableIdentifier.of(RollupsTable.NAMESPACE, "archive");

  public static final String KIND = "kind";
  public static final String TOPIC = "topic";
  public static final String TOPIC_ID = "topic_id";
  public static final String PARTITION = "partition";
  public static final String FROM = "from_offset";
  public static final String TO = "to_offset";
  public static final String FILE = "file";
  public static final String FILE_BYTES = "file_bytes";
  public static final String FILE_FROM = "file_from";
  public static final String FILE_TO = "file_to";
  public static final String RECORDS = "records";
  public static final String PAYLOAD_BYTES = "payload_bytes";
  public static final String CHECKSUM = "checksum";
  public static final String EARLIEST_MS = "earliest_ms";
  public static final String LATEST_MS = "latest_ms";
  public static final String EPOCH = "epoch";
  public static final String SEALED_AT = "sealed_at";

  /** Ids are 1 and so on in this order; new columns come last. */
  public static final Schema SCHEMA =
      new Schema(
          Types.NestedField.required(1, KIND, Types.StringType.get()),
          Types.NestedField.required(2, TOPIC, Types.StringType.get()),
          Types.NestedField.required(3, TOPIC_ID, Types.StringType.get()),
          Types.NestedField.required(4, PARTITION, Types.IntegerType.get()),
          Types.NestedField.required(5, FROM, Types.LongType.get()),
          Types.NestedField.required(6, TO, Types.LongType.get()),
          Types.NestedField.optional(7, FILE, Types.StringType.get()),
          Types.NestedField.required(8, FILE_BYTES, Types.LongType.get()),
          Types.NestedField.required(9, FILE_FROM, Types.LongType.get()),
          Types.NestedField.required(10, FILE_TO, Types.LongType.get()),
          Types.NestedField.required(11, RECORDS, Types.LongType.get()),
          Types.NestedField.required(12, PAYLOAD_BYTES, Types.LongType.get()),
          Types.NestedField.required(13, CHECKSUM, Types.LongType.get()),
          Types.NestedField.required(14, EARLIEST_MS, Types.LongType.get()),
          Types.NestedField.required(15, LATEST_MS, Types.LongType.get()),
          Types.NestedField.required(16, EPOCH, Types.StringType.get()),
          Types.NestedField.required(17, SEALED_AT, Types.TimestampType.withZone()));

  public static final PartitionSpec SPEC = PartitionSpec.builderFor(SCHEMA).day(SEALED_AT).build();

  private ArchiveTable() {}
}
