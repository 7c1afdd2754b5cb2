package tidemark.serde.manifest;

import java.io.IOException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.PartitionData;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetReaders;
import org.apache.iceberg.data.parquet.GenericParquetWriter;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.DataWriter;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.parquet.Parquet;
import tidemark.serde.archive.PartitionSummary;
import tidemark.serde.manifest.ArchivedRange.Kind;

/** Rows of {@link ArchiveTable} as Parquet, both ways, by Iceberg's own writer and reader. */
final class ManifestRows {
  static final long DAY_MS = 86_400_000L;

  private ManifestRows() {}

  /** Writes rows that were sealed on the same UTC day into a new file of the table. */
  static DataFile write(Table table, List<ArchivedRange> rows) throws IOException {
    List<Record> records = rows.stream().map(ManifestRows::record).toList();
    PartitionData partition = new PartitionData(ArchiveTable.SPEC.partitionType());
    partition.set(0, Math.toIntExact(Math.floorDiv(rows.get(0).sealedAtMs(), DAY_MS)));
    String name = UUID.randomUUID() + ".parquet";
    OutputFile file =
        table
            .io()
            .newOutputFile(
                table.locationProvider().newDataLocation(ArchiveTable.SPEC, partition, name));
    DataWriter<Record> writer =
        Parquet.writeData(file)
            .schema(ArchiveTable.SCHEMA)
            .createWriterFunc(GenericParquetWriter::create)
            .withSpec(ArchiveTable.SPEC)
            .withPartition(partition)
            .build();
    try (writer) {
      writer.write(records);
    }
    return writer.toDataFile();
  }

  static List<ArchivedRange> read(InputFile file) throws IOException {
    List<ArchivedRange> rows = new ArrayList<>();
    try (CloseableIterable<Record> records =
        Parquet.read(file)
            .project(ArchiveTable.SCHEMA)
            .createReaderFunc(
                message -> GenericParquetReaders.buildReader(ArchiveTable.SCHEMA, message))
            .build()) {
      for (Record record : records) {
        rows.add(range(record));
      }
    }
    return rows;
  }

  private static Record record(ArchivedRange range) {
    Record record = GenericRecord.create(ArchiveTable.SCHEMA);
    PartitionSummary summary = range.summary();
    record.setField(ArchiveTable.KIND, range.kind().label());
    record.setField(ArchiveTable.TOPIC, range.topic());
    record.setField(ArchiveTable.TOPIC_ID, range.topicId());
    record.setField(ArchiveTable.PARTITION, range.partition());
    record.setField(ArchiveTable.FROM, range.from());
    record.setField(ArchiveTable.TO, range.to());
    record.setField(ArchiveTable.FILE, range.file().isEmpty() ? null : range.file());
    record.setField(ArchiveTable.FILE_BYTES, range.fileBytes());
    record.setField(ArchiveTable.FILE_FROM, summary.from());
    record.setField(ArchiveTable.FILE_TO, summary.to());
    record.setField(ArchiveTable.RECORDS, summary.records());
    record.setField(ArchiveTable.PAYLOAD_BYTES, summary.payloadBytes());
    record.setField(ArchiveTable.CHECKSUM, summary.checksum());
    record.setField(ArchiveTable.EARLIEST_MS, range.earliestMs());
    record.setField(ArchiveTable.LATEST_MS, range.latestMs());
    record.setField(ArchiveTable.EPOCH, range.epoch());
    record.setField(
        ArchiveTable.SEALED_AT, Instant.ofEpochMilli(range.sealedAtMs()).atOffset(ZoneOffset.UTC));
    return record;
  }

  private static ArchivedRange range(Record record) {
    String file = (String) record.getField(ArchiveTable.FILE);
    return new ArchivedRange(
        Kind.ofLabel(text(record, ArchiveTable.KIND)),
        file == null ? "" : file,
        number(record, ArchiveTable.FILE_BYTES),
        text(record, ArchiveTable.TOPIC_ID),
        number(record, ArchiveTable.FROM),
        number(record, ArchiveTable.TO),
        new PartitionSummary(
            text(record, ArchiveTable.TOPIC),
            (Integer) record.getField(ArchiveTable.PARTITION),
            number(record, ArchiveTable.FILE_FROM),
            number(record, ArchiveTable.FILE_TO),
            number(record, ArchiveTable.RECORDS),
            number(record, ArchiveTable.PAYLOAD_BYTES),
            number(record, ArchiveTable.CHECKSUM)),
        number(record, ArchiveTable.EARLIEST_MS),
        number(record, ArchiveTable.LATEST_MS),
        text(record, ArchiveTable.EPOCH),
        ((OffsetDateTime) record.getField(ArchiveTable.SEALED_AT)).toInstant().toEpochMilli());
  }

  private static String text(Record record, String column) {
    return (String) record.getField(column);
  }

  private static long number(Record record, String column) {
    return (Long) record.getField(column);
  }
}
