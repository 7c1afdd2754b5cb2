package tidemark.cli.notify;

import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/**
 * One POST of an alert's JSON. Follows no redirects, for they would carry the headers elsewhere,
 * and takes no notice of the answer's body.
 *
 * <p>Thread-safe; a request holds a connection, which is kept for the next one.
 */
final class WebhookClient {
  static final String CONTENT_TYPE = "Content-Type";
  static final String IDEMPOTENCY_KEY = "Idempotency-Key";
  static final String ORG = "Tidemark-Org";

  private static final String RETRY_AFTER = "Retry-After";
  private static final int MAX_RETRY_AFTER_DIGITS = 9;

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();

  /** Waits for the answer, as long as the webhook allows. */
  WebhookAnswer post(Webhook webhook, AlertMessage alert) throws InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(webhook.url())
            .header(CONTENT_TYPE, "application/json")
            .header(IDEMPOTENCY_KEY, alert.idempotencyKey())
            .header(ORG, alert.org())
            .POST(BodyPublishers.ofByteArray(alert.body()));
    webhook.headers().forEach(request::header);
    // Not the request's own timeout: that one ends where the body begins.
    CompletableFuture<HttpResponse<Void>> answer =
        http.sendAsync(request.build(), BodyHandlers.discarding());
    try {
      HttpResponse<Void> response = answer.get(webhook.timeout().toNanos(), TimeUnit.NANOSECONDS);
      return WebhookAnswer.ofStatus(response.statusCode(), retryAfter(response));
    } catch (TimeoutException e) {
      return WebhookAnswer.none("no answer within %d ms".formatted(webhook.timeout().toMillis()));
    } catch (ExecutionException e) {
      return failed(e.getCause());
    } finally {
      boolean unused = answer.cancel(true); // ends the request if it still goes on
    }
  }

  /** In own words: what others write into their messages, nobody knows. */
  private static WebhookAnswer failed(Throwable cause) {
    if (cause instanceof ConnectException) {
      return WebhookAnswer.none("cannot connect");
    }
    if (cause instanceof SSLException) {
      return WebhookAnswer.none("TLS failed, " + cause.getClass().getSimpleName());
    }
    if (cause instanceof IOException) {
      return WebhookAnswer.none("connection failed, " + cause.getClass().getSimpleName());
    }
    return WebhookAnswer.impossible("request failed, " + cause.getClass().getSimpleName());
  }

  /** A time instead of seconds is taken for nothing: clocks differ. */
  private static Duration retryAfter(HttpResponse<Void> response) {
    String text = response.headers().firstValue(RETRY_AFTER).orElse("").strip();
    boolean isNumber =
        !text.isEmpty()
            && text.length() <= MAX_RETRY_AFTER_DIGITS
            && text.chars().allMatch(each -> each >= '0' && each <= '9');
    return isNumber ? Duration.ofSeconds(Long.parseLong(text)) : Duration.ZERO;
  }
}
