package tidemark.cli.notify;

import java.time.Duration;

/**
 * What came of one request. Holds nothing of the address, the headers or the answer's body.
 *
 * @param status of HTTP, or {@link #NO_STATUS} if there was no answer
 * @param reason in words; empty if it was delivered
 * @param retryAfter what the receiver asks for; zero if it asks for nothing
 */
record WebhookAnswer(Kind kind, int status, String reason, Duration retryAfter) {
  static final int NO_STATUS = 0;

  /** What it means for the alert. */
  enum Kind {
    DELIVERED,
    RETRY,
    REFUSED
  }

  /** By the status: which of them may be another one in a while. */
  static WebhookAnswer ofStatus(int status, Duration retryAfter) {
    if (status >= 200 && status < 300) {
      return new WebhookAnswer(Kind.DELIVERED, status, "", Duration.ZERO);
    }
    if (status == 408 || status == 425 || status == 429 || status >= 500) {
      return new WebhookAnswer(Kind.RETRY, status, "status " + status, retryAfter);
    }
    String why = status >= 300 && status < 400 ? ": redirects are not followed" : "";
    return new WebhookAnswer(Kind.REFUSED, status, "status " + status + why, Duration.ZERO);
  }

  static WebhookAnswer none(String reason) {
    return new WebhookAnswer(Kind.RETRY, NO_STATUS, reason, Duration.ZERO);
  }

  /** Has nothing to do with the receiver. */
  static WebhookAnswer impossible(String reason) {
    return new WebhookAnswer(Kind.REFUSED, NO_STATUS, reason, Duration.ZERO);
  }
}
