package tidemark.operators.archive;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.annotation.Nullable;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.ThreadSafeSimpleCounter;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import tidemark.serde.archive.ArchiveLimits;
import tidemark.serde.archive.ArchiveWriter;
import tidemark.serde.archive.ArchivedRecord;
import tidemark.serde.archive.PartitionSummary;
import tidemark.serde.archive.PayloadBuffer;
import tidemark.serde.archive.RecordTimes;
import tidemark.serde.wire.IntakeHeaders;

/**
 * Appends records to one file of the local disk, which is sealed and sent when it is large enough,
 * and before each barrier, where the task waits until all are sent; then their descriptions go on.
 * So the state is empty: what was not before a barrier is read again.
 *
 * <p>Memory: one {@link ArchiveWriter} of 64 MB segments, what decoding a record takes, {@link
 * Uploads}, and for each partition of the task some 100 bytes and its jumps ({@link
 * PartitionReading}). Disk: the file that grows and four that are sealed, each at most the
 * configured size and a segment.
 *
 * <p>Metrics, group {@code tidemark.archive}: {@code recordsArchived}, {@code bytesRaw} (payloads),
 * {@code filesWritten}, {@code bytesWritten} (packed), {@code uploadRetries}, {@code recordsPassed}
 * (of other shards).
 */
final class ArchiveOperator extends AbstractStreamOperator<byte[]>
    implements OneInputStreamOperator<ArchivedRecord, byte[]>, BoundedOneInput {
  private static final long serialVersionUID = 1L;
  private static final int BUFFER_BYTES = 1 << 18;

  /** Far below what the format takes, as it stays in memory until the file is sealed. */
  private static final long MAX_INDEX_BYTES = 32L << 20;

  private final ArchiveConfig settings;
  private final ArchiveStage.Reading reading;

  private transient ArchiveWriter writer;
  private transient PayloadBuffer payload;
  private transient RecordTimes times;
  private transient PassedRecords passed;
  private transient SpoolFolder spool;
  private transient Uploads uploads;
  private transient Map<String, Map<Integer, PartitionReading>> partitions;
  private transient @Nullable Path file; // null between files
  private transient @Nullable OutputStream stream;
  private transient String fileTopic;
  private transient StreamRecord<byte[]> record;

  private transient Counter recordsArchived;
  private transient Counter recordsPassed;
  private transient Counter bytesRaw;
  private transient Counter filesWritten;
  private transient Counter bytesWritten;

  ArchiveOperator(ArchiveConfig settings, ArchiveStage.Reading reading) {
    this.settings = settings;
    this.reading = reading;
  }

  @Override
  public void open() throws Exception {
    super.open();
    MetricGroup group = getMetricGroup().addGroup("tidemark").addGroup("archive");
    recordsArchived = group.counter("recordsArchived");
    recordsPassed = group.counter("recordsPassed");
    bytesRaw = group.counter("bytesRaw");
    filesWritten = group.counter("filesWritten");
    bytesWritten = group.counter("bytesWritten");
    partitions = new HashMap<>();
    payload = new PayloadBuffer();
    times = new RecordTimes(reading.maxRecordBytes());
    passed = new PassedRecords(reading.shards());
    record = new StreamRecord<>(null);
    var task = getRuntimeContext().getTaskInfo();
    int index = task.getIndexOfThisSubtask();
    String[] temporary =
        getContainingTask().getEnvironment().getTaskManagerInfo().getTmpDirectories();
    spool =
        new SpoolFolder(
            Path.of(temporary[index % temporary.length]),
            getRuntimeContext().getJobInfo().getJobId().toHexString() + "-" + index,
            task.getAttemptNumber());
    writer = new ArchiveWriter(ArchiveLimits.DEFAULT);
    uploads =
        new Uploads(
            settings.folder(),
            settings.retryForMs(),
            group.counter("uploadRetries", new ThreadSafeSimpleCounter()));
  }

  @Override
  public void processElement(StreamRecord<ArchivedRecord> element) throws IOException {
    ArchivedRecord next = element.getValue();
    PartitionReading partition =
        partitions
            .computeIfAbsent(next.topic(), topic -> new HashMap<>())
            .computeIfAbsent(next.partition(), number -> new PartitionReading());
    if (partition.isBehind(next.offset())) {
      sealFile();
      partition.restart();
    }
    String format = header(next, IntakeHeaders.FORMAT, reading.defaultFormat());
    times.read(format, header(next, IntakeHeaders.ORG, ""), next.value());
    if (passed.passes(times)) {
      partition.pass(next.offset());
      recordsPassed.inc();
      return;
    }
    if (file == null) {
      startFile(next.topic());
    }
    if (!partition.isInFile()) {
      writer.begin(next.topic(), next.partition(), partition.begin(next.offset()));
    }
    next.putTo(payload);
    writer.append(
        next.topic(), next.partition(), next.offset(), next.timestampMs(), payload, times);
    partition.add(next.offset(), times);
    recordsArchived.inc();
    if (writer.writtenBytes() >= settings.fileBytes() || writer.indexBytes() >= MAX_INDEX_BYTES) {
      sealFile();
    }
  }

  private static String header(ArchivedRecord record, String key, String defaultValue) {
    List<ArchivedRecord.Header> headers = record.headers();
    for (int i = headers.size() - 1; i >= 0; i--) {
      if (headers.get(i).key().equals(key)) {
        byte[] value = headers.get(i).value();
        return value == null ? defaultValue : new String(value, StandardCharsets.UTF_8);
      }
    }
    return defaultValue;
  }

  private void startFile(String topic) throws IOException {
    Path begun = spool.newFile();
    stream = new BufferedOutputStream(Files.newOutputStream(begun), BUFFER_BYTES);
    writer.start(stream);
    file = begun;
    fileTopic = topic;
  }

  private void sealFile() throws IOException {
    if (file == null) {
      return;
    }
    List<SealedPart> parts = new ArrayList<>();
    for (PartitionSummary summary : writer.finish()) {
      PartitionReading partition = partitions.get(summary.topic()).get(summary.partition());
      parts.add(
          new SealedPart(summary, partition.earliestMs(), partition.latestMs(), partition.jumps()));
      partition.endFile();
      bytesRaw.inc(summary.payloadBytes());
    }
    stream.close();
    stream = null;
    Path sealed = file;
    file = null;
    filesWritten.inc();
    bytesWritten.inc(Files.size(sealed));
    long nowMs = getProcessingTimeService().getCurrentProcessingTime();
    uploads.add(sealed, fileTopic, nowMs, parts);
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) throws IOException {
    handOver();
  }

  /** Nothing may follow the end of the input, so its files do not wait for a barrier. */
  @Override
  public void endInput() throws IOException {
    handOver();
  }

  private void handOver() throws IOException {
    sealFile();
    passed.requireOthers();
    for (SealedFile sent : uploads.awaitAll()) {
      output.collect(record.replace(sent.toBytes()));
    }
  }

  @Override
  public void close() throws Exception {
    try (SpoolFolder closing = spool;
        ArchiveWriter closingWriter = writer;
        OutputStream closingStream = stream) {
      if (uploads != null) {
        uploads.close();
      }
    } finally {
      super.close();
    }
  }
}
