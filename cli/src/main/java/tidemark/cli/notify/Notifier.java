package tidemark.cli.notify;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends alerts to webhooks, at least once each, with a consumer and a thread for each webhook.
 *
 * <p>Tells once a minute, and at the end, what came of the alerts. The end lets requests finish
 * that are on their way, for a few seconds; what is cut off goes out again after the next start,
 * under the same key.
 */
public final class Notifier {
  private static final Logger LOG = LoggerFactory.getLogger(Notifier.class);
  private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
  private static final Duration LONGEST_RETRY = Duration.ofMinutes(1);
  private static final long TELL_NANOS = Duration.ofMinutes(1).toNanos();
  private static final long LOOK_MS = 100;

  /** Less than a service has from SIGTERM to its end. */
  private static final Duration END_LIMIT = Duration.ofSeconds(5);

  private final NotifyConfig config;
  private final Backoff backoff;
  private final CountDownLatch ending = new CountDownLatch(1);
  private final Map<String, WebhookCounters> counters = new LinkedHashMap<>();

  public Notifier(NotifyConfig config) {
    this(config, new Backoff(FIRST_RETRY, LONGEST_RETRY, new Random()));
  }

  Notifier(NotifyConfig config, Backoff backoff) {
    this.config = config;
    this.backoff = backoff;
    config.webhooks().forEach(webhook -> counters.put(webhook.name(), new WebhookCounters()));
  }

  /** By webhook; they go on counting. */
  Map<String, WebhookCounters> counters() {
    return counters;
  }

  /**
   * Goes on while it is told to, once.
   *
   * @throws IllegalStateException if a webhook's work failed by a fault of ours; the others end too
   */
  public void run(BooleanSupplier goesOn) throws InterruptedException {
    LOG.info(
        "alerts go from {} at {} to {}",
        config.topic(),
        config.bootstrapServers(),
        config.webhooks());
    ExecutorService threads = Executors.newFixedThreadPool(config.webhooks().size());
    try {
      List<Future<?>> workers = start(threads);
      long toldNanos = System.nanoTime();
      while (goesOn.getAsBoolean()) {
        requireAlive(workers);
        if (System.nanoTime() - toldNanos > TELL_NANOS) {
          toldNanos = System.nanoTime();
          tell();
        }
        TimeUnit.MILLISECONDS.sleep(LOOK_MS);
      }
    } finally {
      end(threads);
      tell();
    }
  }

  private List<Future<?>> start(ExecutorService threads) {
    WebhookClient client = new WebhookClient();
    Timer timer = Timer.endingWith(ending);
    List<Future<?>> workers = new ArrayList<>();
    for (Webhook webhook : config.webhooks()) {
      WebhookCounters count = counters.get(webhook.name());
      WebhookWorker worker =
          new WebhookWorker(
              webhook,
              config,
              KafkaConsumer::new,
              timer,
              count,
              new Delivery(webhook, client, backoff, timer, count));
      workers.add(
          threads.submit(
              () -> {
                worker.run();
                return null;
              }));
    }
    return workers;
  }

  private static void requireAlive(List<Future<?>> workers) throws InterruptedException {
    for (Future<?> worker : workers) {
      try {
        Object unused = worker.isDone() ? worker.get() : null;
      } catch (ExecutionException e) {
        throw new IllegalStateException("a webhook's work has failed", e.getCause());
      }
    }
  }

  private void end(ExecutorService threads) throws InterruptedException {
    ending.countDown();
    threads.shutdown();
    if (!threads.awaitTermination(END_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
      List<Runnable> unused = threads.shutdownNow();
      boolean unusedToo = threads.awaitTermination(END_LIMIT.toMillis() / 2, TimeUnit.MILLISECONDS);
    }
  }

  private void tell() {
    counters.forEach((name, count) -> LOG.info("webhook {}: {}", name, count));
  }
}
