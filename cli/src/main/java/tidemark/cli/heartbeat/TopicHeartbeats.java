package tidemark.cli.heartbeat;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tidemark.serde.definition.DefinitionKey;
import tidemark.serde.wire.Heartbeat;
import tidemark.serde.wire.IntakeHeaders;

/**
 * Heartbeats of one topic. A partition whose last beat is still on its way is left out: beats never
 * pile up, and none overtakes another. Trouble is logged when it begins and when it ends, not each
 * second. Not thread-safe; keeps one future for each partition.
 */
final class TopicHeartbeats {
  private static final Logger LOG = LoggerFactory.getLogger(TopicHeartbeats.class);
  private static final int ROUNDS_BEFORE_TROUBLE = 2;
  private static final byte[] KEY = DefinitionKey.HEARTBEAT.getBytes(StandardCharsets.UTF_8);
  private static final byte[] FORMAT = IntakeHeaders.HEARTBEAT.getBytes(StandardCharsets.UTF_8);

  private final String topic;
  private final Map<Integer, Future<RecordMetadata>> onTheirWay = new HashMap<>();
  private int partitions;
  private int roundsInVain;
  private boolean isTroubled;

  TopicHeartbeats(String topic) {
    this.topic = topic;
  }

  /**
   * Promises, in each partition that takes it, that no record with an earlier time will follow.
   *
   * @param untilMs epoch ms, exclusive; later than in any round before
   */
  void write(Producer<byte[], byte[]> producer, long untilMs) throws InterruptedException {
    boolean isWhole = settle();
    try {
      int found = producer.partitionsFor(topic).size();
      if (found != partitions) {
        LOG.info("topic {} has {} partitions, {} before", topic, found, partitions);
        partitions = found;
      }
      byte[] value = Heartbeat.bytes(untilMs, partitions);
      for (int partition = 0; partition < partitions; partition++) {
        if (onTheirWay.containsKey(partition)) {
          isWhole = false;
        } else {
          onTheirWay.put(partition, producer.send(beat(partition, value)));
        }
      }
    } catch (InterruptException e) {
      throw e;
    } catch (KafkaException e) {
      isWhole = false;
      tellTrouble(e);
    }
    roundsInVain = isWhole ? 0 : roundsInVain + 1;
    if (isWhole && isTroubled) {
      isTroubled = false;
      LOG.info("heartbeats reach all {} partitions of {} again", partitions, topic);
    }
  }

  private ProducerRecord<byte[], byte[]> beat(int partition, byte[] value) {
    ProducerRecord<byte[], byte[]> beat = new ProducerRecord<>(topic, partition, KEY, value);
    beat.headers().add(IntakeHeaders.FORMAT, FORMAT);
    return beat;
  }

  /** Forgets the beats that have arrived or are given up; whether all have arrived. */
  private boolean settle() throws InterruptedException {
    boolean isWhole = true;
    for (Integer partition : onTheirWay.keySet().toArray(new Integer[0])) {
      Future<RecordMetadata> beat = onTheirWay.get(partition);
      if (beat.isDone()) {
        onTheirWay.remove(partition);
        try {
          RecordMetadata unused = beat.get();
        } catch (ExecutionException e) {
          isWhole = false;
          tellTrouble(e.getCause());
        }
      }
    }
    return isWhole;
  }

  /** A topic is not known at once when a process starts, nor for a moment when a leader changes. */
  private void tellTrouble(Throwable cause) {
    if (!isTroubled && roundsInVain >= ROUNDS_BEFORE_TROUBLE) {
      isTroubled = true;
      LOG.warn("heartbeats do not reach all partitions of {}: trying on", topic, cause);
    }
  }

  /** Rounds since the last one in which every partition had taken all that came before. */
  int roundsInVain() {
    return roundsInVain;
  }

  /** For another producer: what the last one still had on its way is given up. */
  void forgetProducer() {
    onTheirWay.clear();
    roundsInVain = 0;
  }
}
