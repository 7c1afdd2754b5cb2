package tidemark.cli.agent;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tidemark.serde.wire.IntakeHeaders;
import tidemark.serde.wire.NativeBatchWriter;
import tidemark.state.MetricType;

/**
 * Collects the readings of one second, and sends them as one native batch for each partition, keyed
 * by host.
 *
 * <p>Not thread-safe. Allocates a batch for each partition and second.
 */
final class BatchSender implements ReadingSink {
  private static final Logger LOG = LoggerFactory.getLogger(BatchSender.class);
  private static final String SEND_TIME = "agent.send_ms";
  private static final byte[] NATIVE = IntakeHeaders.NATIVE.getBytes(StandardCharsets.UTF_8);

  private final Producer<byte[], byte[]> producer;
  private final AgentConfig config;
  private final PartitionPlan plan;
  private final List<String> hostTags;
  private final byte[] key;

  /** How long the batches of the last second took, for the next one to tell. */
  private final List<Double> sendTimesMs = new ArrayList<>();

  private final Map<Integer, NativeBatchWriter> batches = new TreeMap<>();
  private final Set<List<Object>> series = new HashSet<>();
  private long secondMs;
  private long points;
  private long lostPoints;

  BatchSender(Producer<byte[], byte[]> producer, AgentConfig config, int partitions) {
    this.producer = producer;
    this.config = config;
    this.plan = new PartitionPlan(partitions);
    this.hostTags = List.of("host:" + config.host());
    this.key = config.host().getBytes(StandardCharsets.UTF_8);
  }

  /** Opens a second; all readings until {@link #send} are of this time. */
  void begin(long startMs) {
    secondMs = startMs;
    batches.clear();
    series.clear();
    sendTimesMs.forEach(ms -> add(MetricType.DISTRIBUTION, SEND_TIME, ms, List.of()));
    sendTimesMs.clear();
  }

  @Override
  public void add(MetricType type, String metric, double value, List<String> tags) {
    NativeBatchWriter batch =
        batches.computeIfAbsent(
            plan.partitionOf(tags), partition -> new NativeBatchWriter(config.org()));
    List<String> all = new ArrayList<>(hostTags);
    all.addAll(tags);
    batch.point(batch.series(type, metric, all), secondMs, value);
    series.add(List.of(type, metric, tags));
  }

  /** Sends the second, waits until all of it is acknowledged or given up, and says so. */
  void send() throws InterruptedException {
    List<PendingBatch> pending = new ArrayList<>();
    batches.forEach((partition, batch) -> pending.add(post(partition, batch)));
    producer.flush();
    for (PendingBatch batch : pending) {
      settle(batch);
    }
  }

  private PendingBatch post(int partition, NativeBatchWriter batch) {
    ProducerRecord<byte[], byte[]> message =
        new ProducerRecord<>(config.topic(), partition, key, batch.toBytes());
    message.headers().add(IntakeHeaders.FORMAT, NATIVE);
    PendingBatch pending = new PendingBatch(batch.pointCount(), System.nanoTime());
    pending.sent =
        producer.send(message, (metadata, failure) -> pending.endNanos = System.nanoTime());
    return pending;
  }

  private void settle(PendingBatch batch) throws InterruptedException {
    try {
      RecordMetadata unused = batch.sent.get();
      points += batch.points;
      sendTimesMs.add((batch.endNanos - batch.startNanos) / 1e6);
    } catch (ExecutionException e) {
      lostPoints += batch.points;
      LOG.warn(
          "batch of {} points of second {} was not taken by the broker",
          batch.points,
          secondMs,
          e.getCause());
    }
  }

  /** Points acknowledged since the start. */
  long points() {
    return points;
  }

  /** Points given up since the start. */
  long lostPoints() {
    return lostPoints;
  }

  /** Series of the last second. */
  int seriesCount() {
    return series.size();
  }

  /** A batch on its way; the producer's thread writes the end time before it completes the send. */
  private static final class PendingBatch {
    private final int points;
    private final long startNanos;
    private volatile long endNanos;
    private Future<RecordMetadata> sent;

    private PendingBatch(int points, long startNanos) {
      this.points = points;
      this.startNanos = startNanos;
    }
  }
}
