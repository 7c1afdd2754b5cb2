package tidemark.cli.notify;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tidemark.cli.notify.Delivery.End;
import tidemark.cli.notify.Delivery.Outcome;
import tidemark.cli.notify.Receiver.Reply;
import tidemark.cli.notify.Receiver.Request;
import tidemark.state.monitor.VerdictStatus;

/** One alert to a real HTTP server; the time between the tries is not waited for. */
final class DeliveryTest {
  private static final int NO_END = Integer.MAX_VALUE;
  private static final byte[] ALERT =
      TestAlerts.alert("ab12", VerdictStatus.NO_DATA, "ä b%", "slow");

  private final WebhookCounters counters = new WebhookCounters();
  private final ConcurrentLinkedQueue<Reply> replies = new ConcurrentLinkedQueue<>();
  private final Receiver receiver = new Receiver(request -> replies.remove());
  private FakeTimer timer = new FakeTimer(NO_END);

  @AfterEach
  void close() {
    receiver.close();
  }

  private Outcome deliver(Reply... all) throws InterruptedException {
    replies.addAll(List.of(all));
    return deliver(receiver.url(), "timeout: 10s", "retry_for: 10m");
  }

  private Outcome deliver(String url, String timeout, String retryFor) throws InterruptedException {
    String yaml =
        "webhooks: [{name: w, url: '%s', headers: {X-Team: 'on ${TEAM}'}, %s, %s}]"
            .formatted(url, timeout, retryFor);
    Webhook webhook = NotifyFile.parse(yaml, "f", Map.of("TEAM", "call")).get(0);
    Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(1), new Random(7));
    return new Delivery(webhook, new WebhookClient(), backoff, timer, counters)
        .deliver(AlertMessage.of(ALERT));
  }

  @Test
  void theAlertGoesOutAsItIsWithItsHeaders() throws InterruptedException {
    Outcome outcome = deliver(Reply.of(204));
    assertThat(outcome.end()).isEqualTo(End.DELIVERED);
    assertThat(outcome.attempts()).isEqualTo(1);
    assertThat(receiver.requests()).hasSize(1);
    Request request = receiver.requests().get(0);
    assertThat(request.method()).isEqualTo("POST");
    assertThat(request.path()).isEqualTo("/hook");
    assertThat(request.body()).isEqualTo(new String(ALERT, UTF_8)).contains("\"before\":\"ok\"");
    assertThat(request.header("Content-Type")).isEqualTo("application/json");
    assertThat(request.key()).isEqualTo("ab12-3-no_data-12");
    assertThat(request.header("Tidemark-Org")).isEqualTo("%C3%A4%20b%25");
    assertThat(request.header("X-Team")).isEqualTo("on call");
    assertThat(timer.waits()).isEmpty();
  }

  @Test
  void aBusyReceiverIsAskedAgainLaterAndLater() throws InterruptedException {
    Outcome outcome = deliver(Reply.of(503), Reply.of(503), Reply.of(500), Reply.of(200));
    assertThat(outcome.end()).isEqualTo(End.DELIVERED);
    assertThat(outcome.attempts()).isEqualTo(4);
    assertThat(receiver.keys()).hasSize(4).containsOnly("ab12-3-no_data-12");
    assertThat(counters.retried.sum()).isEqualTo(3);
    Iterator<Duration> waits = timer.waits().iterator();
    for (long ms = 1_000; ms <= 4_000; ms *= 2) {
      assertThat(waits.next()).isBetween(Duration.ofMillis(ms / 2), Duration.ofMillis(ms));
    }
    assertThat(waits.hasNext()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 425, 429, 500, 502, 503, 504, 599})
  void whatMayPassIsTriedAgain(int status) throws InterruptedException {
    assertThat(deliver(Reply.of(status), Reply.of(200)).end()).isEqualTo(End.DELIVERED);
    assertThat(receiver.requests()).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 307, 400, 401, 404, 410, 422})
  void whatStaysIsNot(int status) throws InterruptedException {
    Outcome outcome = deliver(Reply.of(status, "Location", receiver.url() + "/other"));
    assertThat(outcome.end()).isEqualTo(End.GIVEN_UP);
    assertThat(outcome.attempts()).isEqualTo(1);
    assertThat(outcome.last().status()).isEqualTo(status);
    assertThat(outcome.last().reason()).startsWith("status " + status);
    assertThat(receiver.requests()).hasSize(1);
    assertThat(timer.waits()).isEmpty();
  }

  @Test
  void theReceiverSaysWhen() throws InterruptedException {
    Outcome outcome =
        deliver(
            Reply.of(429, "Retry-After", "137"),
            Reply.of(503, "Retry-After", "0"),
            Reply.of(503, "Retry-After", "Wed, 21 Oct 2026 07:28:00 GMT"),
            Reply.of(200));
    assertThat(outcome.end()).isEqualTo(End.DELIVERED);
    assertThat(timer.waits()).hasSize(3);
    assertThat(timer.waits().get(0)).isEqualTo(Duration.ofSeconds(137));
    assertThat(timer.waits().get(1)).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(2));
    assertThat(timer.waits().get(2)).isBetween(Duration.ofSeconds(2), Duration.ofSeconds(4));
  }

  @Test
  void whatIsAskedForEndsWithTheAlertsTime() throws InterruptedException {
    Outcome outcome =
        deliver(Reply.of(429, "Retry-After", "999999999"), Reply.of(429, "Retry-After", "1"));
    assertThat(outcome.end()).isEqualTo(End.GIVEN_UP);
    assertThat(outcome.last().reason()).isEqualTo("status 429");
    assertThat(timer.waits()).containsExactly(Duration.ofMinutes(10));
    assertThat(receiver.requests()).hasSize(2);
  }

  @Test
  void aReceiverThatStaysAwayIsGivenUp() throws InterruptedException, IOException {
    String url;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      url = "http://127.0.0.1:" + socket.getLocalPort();
    }
    Outcome outcome = deliver(url, "timeout: 10s", "retry_for: 10m");
    assertThat(outcome.end()).isEqualTo(End.GIVEN_UP);
    assertThat(outcome.last().reason()).isEqualTo("cannot connect");
    assertThat(outcome.last().status()).isZero();
    // 1+2+4+8+16+32 s and then a minute each, between half of that and all of it
    assertThat(outcome.attempts()).isBetween(16, 28);
    assertThat(timer.waits()).allMatch(wait -> wait.compareTo(Duration.ofMinutes(1)) <= 0);
    assertThat(timer.waits().stream().mapToLong(Duration::toNanos).sum())
        .isEqualTo(Duration.ofMinutes(10).toNanos());
  }

  @Test
  void noRetriesAreNone() throws InterruptedException {
    replies.add(Reply.of(503));
    assertThat(deliver(receiver.url(), "timeout: 10s", "retry_for: 0").attempts()).isEqualTo(1);
    assertThat(timer.waits()).isEmpty();
  }

  @Test
  void noAnswerInTimeIsTriedAgain() throws InterruptedException {
    replies.addAll(List.of(Reply.never(), Reply.of(200)));
    Outcome outcome = deliver(receiver.url(), "timeout: 1s", "retry_for: 10m");
    assertThat(outcome.end()).isEqualTo(End.DELIVERED);
    assertThat(receiver.requests()).hasSize(2);
  }

  @Test
  void anAnswerWithoutAnEndIsNone() throws InterruptedException {
    replies.add(Reply.half());
    Outcome outcome = deliver(receiver.url(), "timeout: 300ms", "retry_for: 0");
    assertThat(outcome.end()).isEqualTo(End.GIVEN_UP);
    assertThat(outcome.last().reason()).isEqualTo("no answer within 300 ms");
  }

  @Test
  void theEndOfTheWorkEndsTheWait() throws InterruptedException {
    timer = new FakeTimer(2);
    Outcome outcome = deliver(Reply.of(503), Reply.of(503), Reply.of(200));
    assertThat(outcome.end()).isEqualTo(End.INTERRUPTED);
    assertThat(receiver.requests()).hasSize(2);
  }
}
