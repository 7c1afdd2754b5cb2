package tidemark.jobs;

import java.io.IOException;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/**
 * A sink without the state and the committer that it has for other guarantees than at least once:
 * no operator more, and savepoints restore with it and without.
 */
final class StatelessSink<T> implements Sink<T> {
  private static final long serialVersionUID = 1L;

  private final Sink<T> sink;

  StatelessSink(Sink<T> sink) {
    this.sink = sink;
  }

  @Override
  public SinkWriter<T> createWriter(WriterInitContext context) throws IOException {
    return sink.createWriter(context);
  }
}
