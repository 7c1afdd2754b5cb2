package tidemark.cli.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RoundRobinPartitioner;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import tidemark.serde.wire.IntakeHeaders;
import tidemark.serde.wire.NativeBatchDecoder;
import tidemark.serde.wire.PointBlock;
import tidemark.state.MetricType;

/** With Kafka's own in-memory producer. */
class BatchSenderTest {
  private static final int PARTITIONS = 4;
  private static final AgentConfig CONFIG =
      new AgentConfig("unused:1", "points", "demo", "here", Path.of("unused"));
  private static final long SECOND_MS = 1_795_297_478_000L;

  private boolean refusesNext;
  private final List<String> metrics = IntStream.range(0, 50).mapToObj(i -> "m" + i).toList();

  /** Answers at flush; the first record that waits then fails if {@link #refusesNext} says so. */
  private MockProducer<byte[], byte[]> producer() {
    Node node = new Node(1, "unused", 1);
    Node[] nodes = {node};
    List<PartitionInfo> partitions =
        IntStream.range(0, PARTITIONS)
            .mapToObj(partition -> new PartitionInfo("points", partition, node, nodes, nodes))
            .toList();
    return new MockProducer<>(
        new Cluster("unused", List.of(nodes), partitions, Set.of(), Set.of()),
        false,
        new RoundRobinPartitioner(),
        new ByteArraySerializer(),
        new ByteArraySerializer()) {
      @Override
      public synchronized void flush() {
        if (refusesNext) {
          refusesNext = false;
          boolean unused = errorNext(new TimeoutException("no broker"));
        }
        super.flush();
      }
    };
  }

  private void round(BatchSender sender, long secondMs) throws InterruptedException {
    sender.begin(secondMs);
    for (String metric : metrics) {
      sender.add(MetricType.GAUGE, metric, 1.5, List.of("process:" + metric));
    }
    sender.send();
  }

  private static String format(ProducerRecord<byte[], byte[]> message) {
    return new String(
        message.headers().lastHeader(IntakeHeaders.FORMAT).value(), StandardCharsets.UTF_8);
  }

  @Test
  void everyPartitionGetsABatchAndNothingElse() throws InterruptedException {
    MockProducer<byte[], byte[]> producer = producer();
    BatchSender sender = new BatchSender(producer, CONFIG, PARTITIONS);

    round(sender, SECOND_MS);

    for (int partition = 0; partition < PARTITIONS; partition++) {
      List<ProducerRecord<byte[], byte[]>> messages = of(producer, partition);
      assertThat(messages).extracting(BatchSenderTest::format).containsExactly("native");
      assertThat(messages.get(0).key()).isEqualTo("here".getBytes(StandardCharsets.UTF_8));
    }
    assertThat(sender.points()).isEqualTo(50);
    assertThat(sender.seriesCount()).isEqualTo(50);
  }

  @Test
  void theSendTimesOfASecondAreToldInTheNext() throws InterruptedException {
    MockProducer<byte[], byte[]> producer = producer();
    BatchSender sender = new BatchSender(producer, CONFIG, PARTITIONS);
    round(sender, SECOND_MS);
    producer.clear();

    round(sender, SECOND_MS + 1_000);

    assertThat(sender.points()).isEqualTo(50 + 50 + PARTITIONS);
    int points = 0;
    for (ProducerRecord<byte[], byte[]> message : producer.history()) {
      if (format(message).equals(IntakeHeaders.NATIVE)) {
        PointBlock block = new PointBlock();
        block.begin();
        new NativeBatchDecoder().decode(message.value(), "", block);
        assertThat(block.isRecordRefused()).isFalse();
        points += block.pointCount();
        assertThat(block.timestampsMs()[0]).isEqualTo(SECOND_MS + 1_000);
      }
    }
    assertThat(points).isEqualTo(50 + PARTITIONS);
  }

  @Test
  void whatTheBrokerDidNotTakeIsCounted() throws InterruptedException {
    MockProducer<byte[], byte[]> producer = producer();
    BatchSender sender = new BatchSender(producer, CONFIG, PARTITIONS);
    refusesNext = true;

    round(sender, SECOND_MS);

    assertThat(sender.lostPoints()).isPositive();
    assertThat(sender.points() + sender.lostPoints()).isEqualTo(50);
  }

  private static List<ProducerRecord<byte[], byte[]>> of(
      MockProducer<byte[], byte[]> producer, int partition) {
    List<ProducerRecord<byte[], byte[]>> messages = new ArrayList<>(producer.history());
    messages.removeIf(message -> message.partition() != partition);
    return messages;
  }
}
