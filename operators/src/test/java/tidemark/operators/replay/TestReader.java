package tidemark.operators.replay;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.metrics.groups.SourceReaderMetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.util.SimpleUserCodeClassLoader;
import org.apache.flink.util.UserCodeClassLoader;
import tidemark.operators.IntakeRecord;

/** A source reader and whoever it reports to: notes what comes of which split. */
final class TestReader implements ReaderOutput<IntakeRecord>, SourceReaderContext, AutoCloseable {

  /** A record that came. */
  record Came(
      String split, int partition, long offset, String org, long heartbeatMs, String value) {}

  final List<Came> came = new ArrayList<>();
  final List<String> released = new ArrayList<>();
  final List<ReplayProgress> progress = new ArrayList<>();
  final ArchiveSourceReader reader;

  TestReader(ReplayConfig config) {
    reader = new ArchiveSourceReader(this, config);
  }

  /** Reads on until so many records have come in all, or the end. */
  InputStatus readUntil(int records) throws Exception {
    InputStatus status = InputStatus.MORE_AVAILABLE;
    while (status == InputStatus.MORE_AVAILABLE && came.size() < records) {
      status = reader.pollNext(this);
    }
    return status;
  }

  @Override
  public SourceOutput<IntakeRecord> createOutputForSplit(String split) {
    return new SourceOutput<>() {
      @Override
      public void collect(IntakeRecord record) {
        throw new AssertionError("every record has a time");
      }

      @Override
      public void collect(IntakeRecord record, long timestampMs) {
        came.add(
            new Came(
                split,
                record.partition(),
                record.offset(),
                record.org(),
                record.heartbeatMs(),
                new String(record.value(), StandardCharsets.UTF_8)));
      }

      @Override
      public void emitWatermark(Watermark watermark) {}

      @Override
      public void markIdle() {}

      @Override
      public void markActive() {}
    };
  }

  @Override
  public void releaseOutputForSplit(String split) {
    released.add(split);
  }

  @Override
  public void collect(IntakeRecord record) {
    throw new AssertionError("every record is of a split");
  }

  @Override
  public void collect(IntakeRecord record, long timestampMs) {
    throw new AssertionError("every record is of a split");
  }

  @Override
  public void emitWatermark(Watermark watermark) {}

  @Override
  public void markIdle() {}

  @Override
  public void markActive() {}

  @Override
  public SourceReaderMetricGroup metricGroup() {
    return UnregisteredMetricsGroup.createSourceReaderMetricGroup();
  }

  @Override
  public Configuration getConfiguration() {
    return new Configuration();
  }

  @Override
  public String getLocalHostName() {
    return "here";
  }

  @Override
  public int getIndexOfSubtask() {
    return 0;
  }

  @Override
  public void sendSplitRequest() {
    throw new AssertionError("splits come without asking");
  }

  @Override
  public void sendSourceEventToCoordinator(SourceEvent event) {
    progress.add((ReplayProgress) event);
  }

  @Override
  public UserCodeClassLoader getUserCodeClassLoader() {
    return SimpleUserCodeClassLoader.create(getClass().getClassLoader());
  }

  @Override
  public void close() throws Exception {
    reader.close();
  }
}
