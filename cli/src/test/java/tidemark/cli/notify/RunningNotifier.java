package tidemark.cli.notify;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A notifier in a thread of its own, which waits for milliseconds where others wait for seconds.
 */
final class RunningNotifier implements AutoCloseable {
  private final AtomicBoolean goesOn = new AtomicBoolean(true);
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private final Notifier notifier;

  RunningNotifier(NotifyConfig config) {
    notifier =
        new Notifier(
            config, new Backoff(Duration.ofMillis(20), Duration.ofMillis(50), new Random(1)));
    new Thread(
            () -> {
              try {
                notifier.run(goesOn::get);
                ended.complete(null);
              } catch (InterruptedException | RuntimeException e) {
                ended.completeExceptionally(e);
              }
            },
            "notifier")
        .start();
  }

  WebhookCounters counters(String webhook) {
    return notifier.counters().get(webhook);
  }

  /** As SIGTERM does it; throws what the notifier threw. */
  @Override
  public void close() {
    goesOn.set(false);
    ended.join();
  }
}
