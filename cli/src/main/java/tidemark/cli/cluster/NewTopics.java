package tidemark.cli.cluster;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;

/**
 * Makes topics that may be written to at once.
 *
 * <p>Kafka says that a topic exists before its partitions take records. An idempotent producer that
 * comes in between can have its second batch accepted and its first one refused, and then sends the
 * first one, which is out of order now, until its delivery timeout ends.
 */
public final class NewTopics {
  private static final Duration LEADER_LIMIT = Duration.ofSeconds(30);
  private static final long PAUSE_MS = 20;

  private NewTopics() {}

  /** Makes them and waits until each of their partitions has a leader that answers. */
  public static void create(Admin admin, Collection<NewTopic> topics)
      throws ExecutionException, InterruptedException {
    admin.createTopics(topics).all().get();
    for (NewTopic topic : topics) {
      awaitLeaders(admin, topic.name(), topic.numPartitions());
    }
  }

  /**
   * Waits until each of a topic's partitions has a leader that answers.
   *
   * @throws ExecutionException if there is none after 30 s, with Kafka's reason
   */
  public static void awaitLeaders(Admin admin, String topic, int partitions)
      throws ExecutionException, InterruptedException {
    Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
    for (int partition = 0; partition < partitions; partition++) {
      ends.put(new TopicPartition(topic, partition), OffsetSpec.latest());
    }
    long endNanos = System.nanoTime() + LEADER_LIMIT.toNanos();
    while (true) {
      try {
        admin.listOffsets(ends).all().get();
        return;
      } catch (ExecutionException e) {
        // the client does not ask again for a topic that the broker has not heard of
        if (!(e.getCause() instanceof RetriableException) || System.nanoTime() > endNanos) {
          throw e;
        }
      }
      TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
    }
  }
}
