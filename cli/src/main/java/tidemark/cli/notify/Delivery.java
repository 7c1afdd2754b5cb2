package tidemark.cli.notify;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tidemark.cli.notify.WebhookAnswer.Kind;

/**
 * Delivers one alert after the other to one webhook, each with as many tries as its time allows.
 * For one thread; holds nothing between two alerts but whether the receiver answers.
 */
final class Delivery {
  private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);

  private final Webhook webhook;
  private final WebhookClient client;
  private final Backoff backoff;
  private final Timer timer;
  private final WebhookCounters counters;
  private boolean isTroubled;

  Delivery(
      Webhook webhook,
      WebhookClient client,
      Backoff backoff,
      Timer timer,
      WebhookCounters counters) {
    this.webhook = webhook;
    this.client = client;
    this.backoff = backoff;
    this.timer = timer;
    this.counters = counters;
  }

  /**
   * What came of an alert.
   *
   * @param last answer, or that there was none
   */
  record Outcome(End end, WebhookAnswer last, int attempts) {}

  /** How an alert's delivery ended. */
  enum End {
    DELIVERED,
    GIVEN_UP,
    /** The work ends: nothing is known of this alert, and another start begins with it. */
    INTERRUPTED
  }

  Outcome deliver(AlertMessage alert) throws InterruptedException {
    long startNanos = timer.nanos();
    for (int attempts = 1; ; attempts++) {
      WebhookAnswer answer = client.post(webhook, alert);
      tellTrouble(answer);
      if (answer.kind() == Kind.DELIVERED) {
        return new Outcome(End.DELIVERED, answer, attempts);
      }
      Duration left = webhook.retryFor().minusNanos(timer.nanos() - startNanos);
      if (answer.kind() == Kind.REFUSED || left.isNegative() || left.isZero()) {
        return new Outcome(End.GIVEN_UP, answer, attempts);
      }
      Duration wait = longer(backoff.after(attempts), answer.retryAfter());
      if (!timer.await(wait.compareTo(left) < 0 ? wait : left)) {
        return new Outcome(End.INTERRUPTED, answer, attempts);
      }
      counters.retried.increment();
    }
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? other : one;
  }

  /** When it begins and when it ends, not at each try. */
  private void tellTrouble(WebhookAnswer answer) {
    if (answer.kind() == Kind.RETRY && !isTroubled) {
      isTroubled = true;
      LOG.warn(
          "{}: {}; each alert is tried for {} s",
          webhook,
          answer.reason(),
          webhook.retryFor().toSeconds());
    } else if (answer.kind() != Kind.RETRY && isTroubled) {
      isTroubled = false;
      LOG.info("{} answers again", webhook);
    }
  }
}
