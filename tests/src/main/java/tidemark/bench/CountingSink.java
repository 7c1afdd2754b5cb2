package tidemark.bench;

import java.util.concurrent.atomic.LongAdder;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/** Counts rows and the points in them, for all jobs of the process, and drops them. */
final class CountingSink implements Sink<PlainRow> {
  private static final long serialVersionUID = 1L;
  private static final LongAdder ROWS = new LongAdder();
  private static final LongAdder POINTS = new LongAdder();

  static long rows() {
    return ROWS.sum();
  }

  static long points() {
    return POINTS.sum();
  }

  @Override
  public SinkWriter<PlainRow> createWriter(WriterInitContext context) {
    return new SinkWriter<>() {
      @Override
      public void write(PlainRow row, Context unused) {
        ROWS.increment();
        POINTS.add(row.count);
      }

      @Override
      public void flush(boolean endOfInput) {}

      @Override
      public void close() {}
    };
  }
}
