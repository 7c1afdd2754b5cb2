package tidemark.serde.table;

import java.io.Closeable;
import java.io.IOException;
import java.util.Map;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.io.OutputFile;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.api.RecordConsumer;
import tidemark.serde.partial.SeriesEntry;

/**
 * One file of the series table that takes its rows one after the other. Memory: one row group of
 * 128 MB at most. Not thread-safe.
 */
public final class SeriesOutput implements Closeable {
  private final OutputFile file;
  private final ParquetOutput target;
  private final ParquetWriter<SeriesEntry> writer;

  SeriesOutput(OutputFile file) throws IOException {
    this.file = file;
    this.target = new ParquetOutput(file);
    this.writer =
        new Builder(target)
            .withConf(new PlainParquetConfiguration())
            .withCompressionCodec(CompressionCodecName.ZSTD)
            .build();
  }

  /** Adds a row, which must not come before an earlier one in {@link SeriesRows#ORDER}. */
  public void add(SeriesEntry entry) throws IOException {
    writer.write(entry);
  }

  /** Bytes of the file so far, those in memory included. */
  public long length() {
    return writer.getDataSize();
  }

  public String location() {
    return file.location();
  }

  /** Completes the file and describes it for Iceberg. */
  public DataFile finish() throws IOException {
    writer.close();
    target.close();
    return TableFileWriter.describe(writer.getFooter(), SeriesTable.SPEC, file).build();
  }

  /** Without {@link #finish} before it, what is left must not be used. */
  @Override
  public void close() throws IOException {
    try (Closeable stream = target) {
      writer.close();
    }
  }

  @SuppressWarnings("deprecation") // parquet-java still declares it abstract
  private static final class Support extends WriteSupport<SeriesEntry> {
    private RecordConsumer consumer;

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
    public void write(SeriesEntry entry) {
      consumer.startMessage();
      SeriesRows.write(entry, consumer);
      consumer.endMessage();
    }
  }

  @SuppressWarnings("deprecation") // parquet-java still declares it abstract
  private static final class Builder extends ParquetWriter.Builder<SeriesEntry, Builder> {

    Builder(ParquetOutput file) {
      super(file);
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    protected WriteSupport<SeriesEntry> getWriteSupport(
        org.apache.hadoop.conf.Configuration configuration) {
      return new Support();
    }

    @Override
    protected WriteSupport<SeriesEntry> getWriteSupport(ParquetConfiguration configuration) {
      return new Support();
    }
  }
}
