package tidemark.cli.notify;

import java.util.concurrent.atomic.LongAdder;

/** What a webhook's alerts came to since the start. Thread-safe. */
final class WebhookCounters {
  /** Records of the topic. */
  final LongAdder read = new LongAdder();

  final LongAdder delivered = new LongAdder();

  /** Requests that were followed by another one for the same alert. */
  final LongAdder retried = new LongAdder();

  final LongAdder deadLettered = new LongAdder();

  /** Not wanted by this webhook, or seen before. */
  final LongAdder skipped = new LongAdder();

  /** Removed from the topic before they were read. */
  final LongAdder lost = new LongAdder();

  @Override
  public String toString() {
    return "read %d, delivered %d, retried %d, dead-lettered %d, skipped %d, lost %d"
        .formatted(
            read.sum(),
            delivered.sum(),
            retried.sum(),
            deadLettered.sum(),
            skipped.sum(),
            lost.sum());
  }
}
