package tidemark.cli.heartbeat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.RoundRobinPartitioner;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/** Single rounds, with Kafka's own in-memory producer, which answers when it is told to. */
final class HeartbeatInjectorTest {
  private static final long NOW_MS = 1_795_297_478_000L;
  private static final HeartbeatConfig CONFIG =
      new HeartbeatConfig("unused:1", List.of("points"), Duration.ofSeconds(1));

  private final HeartbeatInjector injector =
      new HeartbeatInjector(
          CONFIG,
          Clock.fixed(Instant.ofEpochMilli(NOW_MS + 60_000), ZoneOffset.UTC),
          settings -> {
            throw new IllegalStateException("no round makes a producer");
          });
  private final MockProducer<byte[], byte[]> producer = producer();

  private static MockProducer<byte[], byte[]> producer() {
    Node node = new Node(1, "unused", 1);
    Node[] nodes = {node};
    List<PartitionInfo> partitions =
        IntStream.range(0, 2)
            .mapToObj(partition -> new PartitionInfo("points", partition, node, nodes, nodes))
            .toList();
    return new MockProducer<>(
        new Cluster("unused", List.of(nodes), partitions, Set.of(), Set.of()),
        false,
        new RoundRobinPartitioner(),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }

  /** {@code partition=value} of all that was sent. */
  private List<String> sent() {
    return producer.history().stream()
        .map(record -> record.partition() + "=" + new String(record.value(), UTF_8))
        .toList();
  }

  @Test
  void aBeatSaysTheTimeLessTheDelayAndThePartitions() throws InterruptedException {
    injector.round(producer, NOW_MS);
    assertThat(sent()).containsExactly("0=1795297477000/2", "1=1795297477000/2");
    assertThat(producer.history()).allMatch(record -> record.timestamp() == null);
  }

  @Test
  void aPartitionWhoseBeatIsOnItsWayIsLeftOut() throws InterruptedException {
    injector.round(producer, NOW_MS);
    boolean unused = producer.completeNext(); // partition 0 alone
    injector.round(producer, NOW_MS + 1_000);
    assertThat(sent()).hasSize(3).last().isEqualTo("0=1795297478000/2");
    while (producer.completeNext()) {
      // until all have arrived
    }
    injector.round(producer, NOW_MS + 2_000);
    assertThat(sent()).hasSize(5).endsWith("0=1795297479000/2", "1=1795297479000/2");
  }

  @Test
  void aBeatThatFailsIsFollowedByALaterOne() throws InterruptedException {
    injector.round(producer, NOW_MS);
    boolean unused = producer.errorNext(new TimeoutException("no broker"));
    unused = producer.completeNext();
    injector.round(producer, NOW_MS + 1_000);
    assertThat(sent()).hasSize(4).endsWith("0=1795297478000/2", "1=1795297478000/2");
  }

  @Test
  void timeNeverGoesBack() throws InterruptedException {
    injector.round(producer, NOW_MS);
    while (producer.completeNext()) {
      // until all have arrived
    }
    injector.round(producer, NOW_MS);
    injector.round(producer, NOW_MS - 1_000);
    assertThat(sent()).hasSize(2);
    injector.round(producer, NOW_MS + 1_000);
    assertThat(sent()).hasSize(4);
  }

  @Test
  void aTimeThatIsNotOverIsNotPromised() throws InterruptedException {
    injector.round(producer, NOW_MS + 120_000); // the clock stands at 60 s
    assertThat(sent()).containsExactly("0=1795297537000/2", "1=1795297537000/2");
  }

  @Test
  void wrongSettingsAreRefused() {
    assertThatThrownBy(() -> new HeartbeatConfig("", List.of("a"), Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("broker and topics must not be blank, got '' and [a]");
    assertThatThrownBy(() -> new HeartbeatConfig("a:1", List.of(), Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new HeartbeatConfig("a:1", List.of("a"), Duration.ofMillis(-1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("delay must be at least 0, got PT-0.001S");
  }
}
