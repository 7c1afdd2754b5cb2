package tidemark.bench;

import java.io.IOException;
import java.util.Map;
import org.apache.flink.api.common.serialization.BulkWriter;
import org.apache.flink.connector.file.sink.FileSink;
import org.apache.flink.core.fs.FSDataOutputStream;
import org.apache.flink.core.fs.Path;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.PositionOutputStream;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;

/**
 * Rows of plain jobs as Parquet files through Flink's own file sink, zstd, a file per task and
 * checkpoint, in the order in which rows come. Written without reflection or Avro: in its favour.
 */
final class PlainFiles {
  private static final MessageType MESSAGE =
      MessageTypeParser.parseMessageType(
          """
          message rows {
            required binary series (STRING); required int64 window_start (TIMESTAMP(MILLIS,true));
            required int64 count; required double sum; required double min; required double max;
            required double last; required int64 last_ms;
          }
          """);

  private PlainFiles() {}

  static FileSink<PlainRow> sink(RunOrder order) {
    return FileSink.forBulkFormat(
            new Path(order.folder().resolve("rows").toUri()), PlainFiles::writer)
        .build();
  }

  private static BulkWriter<PlainRow> writer(FSDataOutputStream stream) throws IOException {
    ParquetWriter<PlainRow> writer =
        new Builder(new StreamFile(stream))
            .withConf(new PlainParquetConfiguration())
            .withCompressionCodec(CompressionCodecName.ZSTD)
            .build();
    return new BulkWriter<>() {
      @Override
      public void addElement(PlainRow row) throws IOException {
        writer.write(row);
      }

      @Override
      public void flush() {}

      @Override
      public void finish() throws IOException {
        writer.close();
      }
    };
  }

  private static final class Builder extends ParquetWriter.Builder<PlainRow, Builder> {
    Builder(OutputFile file) {
      super(file);
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    @SuppressWarnings("deprecation") // abstract still, though never called
    protected WriteSupport<PlainRow> getWriteSupport(
        org.apache.hadoop.conf.Configuration configuration) {
      return new Rows();
    }

    @Override
    protected WriteSupport<PlainRow> getWriteSupport(ParquetConfiguration configuration) {
      return new Rows();
    }
  }

  private static final class Rows extends WriteSupport<PlainRow> {
    private RecordConsumer consumer;

    @Override
    @SuppressWarnings("deprecation") // abstract still, though never called
    public WriteContext init(org.apache.hadoop.conf.Configuration configuration) {
      return new WriteContext(MESSAGE, Map.of());
    }

    @Override
    public WriteContext init(ParquetConfiguration configuration) {
      return new WriteContext(MESSAGE, Map.of());
    }

    @Override
    public void prepareForWrite(RecordConsumer recordConsumer) {
      consumer = recordConsumer;
    }

    @Override
    public void write(PlainRow row) {
      consumer.startMessage();
      field(0, () -> consumer.addBinary(Binary.fromString(row.series)));
      field(1, () -> consumer.addLong(row.windowStartMs));
      field(2, () -> consumer.addLong(row.count));
      field(3, () -> consumer.addDouble(row.sum));
      field(4, () -> consumer.addDouble(row.min));
      field(5, () -> consumer.addDouble(row.max));
      field(6, () -> consumer.addDouble(row.last));
      field(7, () -> consumer.addLong(row.lastMs));
      consumer.endMessage();
    }

    private void field(int index, Runnable value) {
      String name = MESSAGE.getFieldName(index);
      consumer.startField(name, index);
      value.run();
      consumer.endField(name, index);
    }
  }

  /** A stream of Flink's as a file that Parquet can write, once. The sink closes the stream. */
  private record StreamFile(FSDataOutputStream stream) implements OutputFile {
    @Override
    public PositionOutputStream create(long blockSizeHint) {
      return new PositionOutputStream() {
        @Override
        public long getPos() throws IOException {
          return stream.getPos();
        }

        @Override
        public void write(int value) throws IOException {
          stream.write(value);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
          stream.write(bytes, offset, length);
        }
      };
    }

    @Override
    public PositionOutputStream createOrOverwrite(long blockSizeHint) {
      return create(blockSizeHint);
    }

    @Override
    public boolean supportsBlockSize() {
      return false;
    }

    @Override
    public long defaultBlockSize() {
      return 0;
    }
  }
}
