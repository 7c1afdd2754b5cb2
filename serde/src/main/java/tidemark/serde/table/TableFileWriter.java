package tidemark.serde.table;

import java.io.IOException;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.MetricsConfig;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.parquet.ParquetUtil;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.io.api.RecordConsumer;

/**
 * Writes one Parquet file of one partition and describes it for Iceberg: zstd, dictionaries, page
 * format v1, which is the smallest for this data.
 */
public final class TableFileWriter {

  private TableFileWriter() {}

  /** Rows of one tier and UTC day, sorted by org, metric, type, series id and window. */
  public static DataFile writeRollups(
      RollupColumns rows, int tierSeconds, String partitionPath, OutputFile file)
      throws IOException {
    ParquetMetadata footer = RollupFileWriter.write(rows, tierSeconds, file);
    return describe(footer, RollupsTable.SPEC, file).withPartitionPath(partitionPath).build();
  }

  /** Rows of the series table, as they are in the list. */
  public static DataFile writeSeries(SeriesRows rows, OutputFile file) throws IOException {
    return describe(writeRows(rows, file), SeriesTable.SPEC, file).build();
  }

  private static ParquetMetadata writeRows(SeriesRows rows, OutputFile file) throws IOException {
    try (ParquetOutput target = new ParquetOutput(file)) {
      ParquetWriter<Cursor> writer =
          new Builder(target, new Support(rows))
              .withConf(new PlainParquetConfiguration())
              .withCompressionCodec(CompressionCodecName.ZSTD)
              .build();
      try (writer) {
        Cursor cursor = new Cursor();
        for (int row : rows.order()) {
          cursor.row = row;
          writer.write(cursor);
        }
      }
      return writer.getFooter(); // known once the writer is closed
    }
  }

  private static DataFiles.Builder describe(
      ParquetMetadata footer, PartitionSpec spec, OutputFile file) {
    return DataFiles.builder(spec)
        .withPath(file.location())
        .withFormat(FileFormat.PARQUET)
        .withFileSizeInBytes(file.toInputFile().getLength())
        .withMetrics(ParquetUtil.footerMetrics(footer, Stream.empty(), MetricsConfig.getDefault()))
        .withSplitOffsets(ParquetUtil.getSplitOffsets(footer));
  }

  private static final class Cursor {
    int row;
  }

  @SuppressWarnings("deprecation") // parquet-java still declares it abstract
  private static final class Support extends WriteSupport<Cursor> {
    private final SeriesRows rows;
    private RecordConsumer consumer;

    Support(SeriesRows rows) {
      this.rows = rows;
    }

    @Override
    public WriteContext init(org.apache.hadoop.conf.Configuration configuration) {
      return new WriteContext(SeriesRows.MESSAGE, Map.of());
    }

    @Override
    public WriteContext init(ParquetConfiguration configuration) {
      return new WriteContext(SeriesRows.MESSAGE, Map.of());
    }

    @Override
    public void prepareForWrite(RecordConsumer recordConsumer) {
      consumer = recordConsumer;
    }

    @Override
    public void write(Cursor cursor) {
      consumer.startMessage();
      rows.write(cursor.row, consumer);
      consumer.endMessage();
    }
  }

  @SuppressWarnings("deprecation") // parquet-java still declares it abstract
  private static final class Builder extends ParquetWriter.Builder<Cursor, Builder> {
    private final Support support;

    Builder(ParquetOutput file, Support support) {
      super(file);
      this.support = support;
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    protected WriteSupport<Cursor> getWriteSupport(
        org.apache.hadoop.conf.Configuration configuration) {
      return support;
    }

    @Override
    protected WriteSupport<Cursor> getWriteSupport(ParquetConfiguration configuration) {
      return support;
    }
  }
}
