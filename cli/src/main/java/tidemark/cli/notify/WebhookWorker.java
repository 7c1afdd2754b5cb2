package tidemark.cli.notify;

import java.time.Duration;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tidemark.cli.notify.Delivery.End;
import tidemark.cli.notify.Delivery.Outcome;

/**
 * All alerts of one webhook, one after the other, in its own thread: what holds it up holds up
 * nobody else. Trouble with Kafka makes it begin anew from its last commit, with what it has
 * delivered in mind.
 */
final class WebhookWorker {
  private static final Logger LOG = LoggerFactory.getLogger(WebhookWorker.class);
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration PAUSE = Duration.ofSeconds(5);
  private static final int RECENT_KEYS = 10_000;

  private final Webhook webhook;
  private final NotifyConfig config;
  private final Function<Map<String, Object>, Consumer<byte[], byte[]>> consumers;
  private final Timer timer;
  private final WebhookCounters counters;
  private final Delivery delivery;
  private final RecentKeys done = new RecentKeys(RECENT_KEYS);

  WebhookWorker(
      Webhook webhook,
      NotifyConfig config,
      Function<Map<String, Object>, Consumer<byte[], byte[]>> consumers,
      Timer timer,
      WebhookCounters counters,
      Delivery delivery) {
    this.webhook = webhook;
    this.config = config;
    this.consumers = consumers;
    this.timer = timer;
    this.counters = counters;
    this.delivery = delivery;
  }

  /** Returns when the work is to end. */
  void run() throws InterruptedException {
    while (timer.goesOn()) {
      try (AlertReader reader =
              new AlertReader(
                  consumers.apply(config.consumerConfig(webhook)), config, timer, counters);
          DeadLetters deadLetters =
              new DeadLetters(config.bootstrapServers(), config.deadLettersTopic())) {
        while (timer.goesOn()) {
          work(reader, deadLetters);
        }
      } catch (InterruptException e) {
        throw e;
      } catch (KafkaException e) {
        LOG.warn("{}: trouble with Kafka, beginning anew from the last commit", webhook, e);
        boolean unused = timer.await(PAUSE);
      }
    }
  }

  private void work(AlertReader reader, DeadLetters deadLetters) throws InterruptedException {
    for (ConsumerRecord<byte[], byte[]> record : reader.poll(POLL)) {
      if (!timer.goesOn() || !isDone(record, reader, deadLetters)) {
        return;
      }
    }
  }

  /** Whether the alert was dealt with, and the next one may be. */
  private boolean isDone(
      ConsumerRecord<byte[], byte[]> record, AlertReader reader, DeadLetters deadLetters)
      throws InterruptedException {
    AlertMessage alert;
    try {
      alert = AlertMessage.of(record.value());
    } catch (IllegalArgumentException e) {
      LOG.warn(
          "record {} of {}-{} is no alert", record.offset(), record.topic(), record.partition(), e);
      WebhookAnswer answer = WebhookAnswer.impossible("not an alert that this build knows");
      giveUp(record, new Outcome(End.GIVEN_UP, answer, 0), deadLetters);
      reader.commit(record);
      return true;
    }
    String key = alert.idempotencyKey();
    if (!webhook.takes(alert.verdict()) || done.contains(key)) {
      counters.skipped.increment(); // committed with the next one, or before the next poll
      return true;
    }
    Outcome outcome = delivery.deliver(alert);
    switch (outcome.end()) {
      case INTERRUPTED -> {
        return false;
      }
      case GIVEN_UP -> giveUp(record, outcome, deadLetters);
      case DELIVERED -> counters.delivered.increment();
    }
    done.add(key);
    reader.commit(record);
    return true;
  }

  private void giveUp(
      ConsumerRecord<byte[], byte[]> record, Outcome outcome, DeadLetters deadLetters)
      throws InterruptedException {
    deadLetters.add(record, webhook, outcome);
    counters.deadLettered.increment();
    LOG.warn(
        "{}: record {} of {}-{} is given up after {} attempts, {}; it is in {}",
        webhook,
        record.offset(),
        record.topic(),
        record.partition(),
        outcome.attempts(),
        outcome.last().reason(),
        config.deadLettersTopic());
  }
}
