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
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.MessageType;

/**
 * Writes one Parquet file of one partition and describes it for Iceberg: zstd, dictionaries, page
 * format v1, which is the smallest for this data.
 */
public final class TableFileWriter {

  /** Puts one row of a file into the consumer. */
  interface RowEncoder {
    void write(int row, RecordConsumer consumer);
  }

  private TableFileWriter() {}

  /** Rows of one tier and UTC day, sorted by org, metric, type, series id and window. */
  public static DataFile writeRollups(
      RollupColumns rows, int tierSeconds, String partitionPath, OutputFile file)
      throws IOException {
    return write(
        new RollupEncoder(rows, tierSeconds),
        rows.sortedRows(),
        RollupEncoder.MESSAGE,
        RollupsTable.SPEC,
        partitionPath,
        file);
  }

  /** Rows of the series table, as they are in the list. */
  public static DataFile writeSeries(SeriesRows rows, OutputFile file) throws IOException {
    return write(rows, rows.order(), SeriesRows.MESSAGE, SeriesTable.SPEC, "", file);
  }

  private static DataFile write(
      RowEncoder encoder,
      int[] order,
      MessageType message,
      PartitionSpec spec,
      String partitionPath,
      OutputFile file)
      throws IOException {
    Cursor cursor = new Cursor();
    ParquetWriter<Cursor> writer =
        new Builder(new ParquetOutput(file), new Support(encoder, message))
            .withConf(new PlainParquetConfiguration())
            .withCompressionCodec(CompressionCodecName.ZSTD)
            .build();
    try (writer) {
      for (int row : order) {
        cursor.row = row;
        writer.write(cursor);
      }
    }
    DataFiles.Builder described =
        DataFiles.builder(spec)
            .withPath(file.location())
            .withFormat(FileFormat.PARQUET)
            .withFileSizeInBytes(file.toInputFile().getLength())
            .withMetrics(
                ParquetUtil.footerMetrics(
                    writer.getFooter(), Stream.empty(), MetricsConfig.getDefault()))
            .withSplitOffsets(ParquetUtil.getSplitOffsets(writer.getFooter()));
    return (spec.isPartitioned() ? described.withPartitionPath(partitionPath) : described).build();
  }

  private static final class Cursor {
    int row;
  }

  @SuppressWarnings("deprecation") // parquet-java still declares it abstract
  private static final class Support extends WriteSupport<Cursor> {
    private final RowEncoder encoder;
    private final MessageType message;
    private RecordConsumer consumer;

    Support(RowEncoder encoder, MessageType message) {
      this.encoder = encoder;
      this.message = message;
    }

    @Override
    public WriteContext init(org.apache.hadoop.conf.Configuration configuration) {
      return new WriteContext(message, Map.of());
    }

    @Override
    public WriteContext init(ParquetConfiguration configuration) {
      return new WriteContext(message, Map.of());
    }

    @Override
    public void prepareForWrite(RecordConsumer recordConsumer) {
      consumer = recordConsumer;
    }

    @Override
    public void write(Cursor cursor) {
      consumer.startMessage();
      encoder.write(cursor.row, consumer);
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
