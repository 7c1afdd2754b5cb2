package tidemark.cli.notify;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tidemark.cli.broker.TestBroker;
import tidemark.cli.notify.NotifyConfig.Start;
import tidemark.cli.notify.Receiver.Reply;
import tidemark.cli.notify.Receiver.Request;
import tidemark.state.monitor.VerdictMark;
import tidemark.state.monitor.VerdictStatus;

/** Against a real broker and real HTTP servers, with waits of milliseconds between tries. */
final class NotifierITCase {
  private static final String SECRET = "s3cret-7";

  private static TestBroker broker;
  private static int tests;

  private String topic;
  private String letters;

  @BeforeAll
  static void startBroker(@TempDir Path folder) {
    broker = new TestBroker(folder);
  }

  @AfterAll
  static void endBroker() {
    broker.close();
  }

  @BeforeEach
  void makeTopics() throws InterruptedException {
    topic = "alerts-" + tests;
    letters = "letters-" + tests++;
    broker.createTopic(topic, 1, Map.of());
    broker.createTopic(letters, 1, Map.of());
  }

  /** The notifier of these webhooks, of one YAML line each. */
  private RunningNotifier notifier(Start start, String... webhooks) {
    String yaml = "webhooks:\n  - {" + String.join("}\n  - {", webhooks) + "}\n";
    List<Webhook> all = NotifyFile.parse(yaml, "f", Map.of("TOKEN", SECRET));
    return new RunningNotifier(
        new NotifyConfig(broker.bootstrapServers(), topic, letters, start, all));
  }

  private String webhook(String name, Receiver receiver, String more) {
    return "name: %s-%s, url: '%s', %s".formatted(name, topic, receiver.url(), more);
  }

  private void write(String id, VerdictStatus status) {
    write(TestAlerts.alert(id, status));
  }

  private void write(byte[] alert) {
    TestAlerts.write(broker, topic, alert);
  }

  private static String text(ConsumerRecord<byte[], byte[]> letter, String header) {
    return new String(letter.headers().lastHeader(header).value(), UTF_8);
  }

  private List<ConsumerRecord<byte[], byte[]>> awaitLetters(int count) {
    Receiver.await(count + " dead letters", () -> broker.records(letters).size() >= count);
    return broker.records(letters);
  }

  @Test
  void alertsAreDeliveredInTheirOrderAndDuplicatesOnce() {
    AtomicInteger requests = new AtomicInteger();
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      write("id" + i, i % 2 == 0 ? VerdictStatus.ALERT : VerdictStatus.OK);
      write("id" + i, i % 2 == 0 ? VerdictStatus.ALERT : VerdictStatus.OK);
      write("id" + i / 2, i / 2 % 2 == 0 ? VerdictStatus.ALERT : VerdictStatus.OK);
      keys.add("id%d-3-%s-12".formatted(i, i % 2 == 0 ? "alert" : "ok"));
    }
    // each third request is refused for now
    try (Receiver receiver =
            new Receiver(request -> Reply.of(requests.incrementAndGet() % 3 == 0 ? 503 : 200));
        RunningNotifier notifier =
            notifier(Start.EARLIEST, webhook("w", receiver, "headers: {X-Key: '${TOKEN}'}"))) {
      WebhookCounters counters = notifier.counters("w-" + topic);
      Receiver.await("all to be read", () -> counters.skipped.sum() == 80);
      assertThat(receiver.keys().stream().distinct()).containsExactlyElementsOf(keys);
      assertThat(counters.toString())
          .startsWith("read 120, delivered 40, retried ")
          .endsWith(", dead-lettered 0, skipped 80, lost 0");
      assertThat(receiver.requests()).hasSize(40 + (int) counters.retried.sum());
      assertThat(counters.retried.sum()).isEqualTo(receiver.requests().size() / 3);
      assertThat(receiver.requests())
          .allMatch(request -> request.header("X-Key").equals(SECRET))
          .allMatch(request -> request.header("Tidemark-Org").equals("acme"));
    }
    assertThat(broker.records(letters)).isEmpty();
  }

  @Test
  void whatIsRefusedBecomesADeadLetterAndHoldsNothing() {
    write("bad", VerdictStatus.ALERT);
    write("{}".getBytes(UTF_8));
    write("good", VerdictStatus.OK);
    try (Receiver receiver =
        new Receiver(request -> Reply.of(request.key().startsWith("bad") ? 400 : 200))) {
      String fields = "headers: {Authorization: 'Bearer ${TOKEN}'}";
      String secretUrl =
          webhook("w", receiver, fields).replace("/hook", "/hook/${TOKEN}?key=${TOKEN}");
      try (RunningNotifier notifier = notifier(Start.EARLIEST, secretUrl)) {
        receiver.await(2);
        assertThat(receiver.keys()).containsExactly("bad-3-alert-12", "good-3-ok-12");
        assertThat(receiver.requests().get(0).path()).contains(SECRET);
        assertThat(receiver.requests().get(0).header("Authorization")).contains(SECRET);
        Receiver.await("the count", () -> notifier.counters("w-" + topic).delivered.sum() == 1);
        assertThat(notifier.counters("w-" + topic).deadLettered.sum()).isEqualTo(2);
      }
      List<ConsumerRecord<byte[], byte[]>> dead = awaitLetters(2);
      assertThat(dead.get(0).value()).isEqualTo(TestAlerts.alert("bad", VerdictStatus.ALERT));
      assertThat(dead.get(0).key()).isEqualTo("key".getBytes(UTF_8));
      assertThat(text(dead.get(0), "kept")).isEqualTo("as it was");
      assertThat(text(dead.get(0), "tidemark-webhook")).isEqualTo("w-" + topic);
      assertThat(text(dead.get(0), "tidemark-webhook-host")).isEqualTo(receiver.host());
      assertThat(text(dead.get(0), "tidemark-reason")).isEqualTo("status 400");
      assertThat(text(dead.get(0), "tidemark-attempts")).isEqualTo("1");
      assertThat(text(dead.get(0), "tidemark-last-status")).isEqualTo("400");
      assertThat(text(dead.get(1), "tidemark-reason"))
          .isEqualTo("not an alert that this build knows");
      assertThat(text(dead.get(1), "tidemark-last-status")).isEqualTo("none");
      for (ConsumerRecord<byte[], byte[]> letter : dead) {
        letter
            .headers()
            .forEach(each -> assertThat(new String(each.value(), UTF_8)).doesNotContain(SECRET));
      }
    }
  }

  @Test
  void aWebhookThatIsDownDelaysNoOther() {
    try (Receiver down = new Receiver(request -> Reply.never());
        Receiver busy = new Receiver(request -> Reply.of(503));
        Receiver up = new Receiver(request -> Reply.of(200))) {
      IntStream.range(0, 30).forEach(i -> write("id" + i, VerdictStatus.ALERT));
      String[] webhooks = {
        webhook("down", down, "timeout: 1m"),
        webhook("busy", busy, "retry_for: 1h"),
        webhook("up", up, "retry_for: 1h")
      };
      try (RunningNotifier notifier = notifier(Start.EARLIEST, webhooks)) {
        up.await(30);
        assertThat(notifier.counters("down-" + topic).delivered.sum()).isZero();
        assertThat(notifier.counters("busy-" + topic).delivered.sum()).isZero();
        assertThat(busy.keys().stream().distinct()).containsExactly("id0-3-alert-12");
        assertThat(down.keys()).containsExactly("id0-3-alert-12");
      }
    }
    assertThat(broker.records(letters)).isEmpty();
  }

  @Test
  void afterItsTimeAnAlertIsADeadLetterAndTheNextOneHasItsTurn() {
    write("id0", VerdictStatus.ALERT);
    write("id1", VerdictStatus.ALERT);
    try (Receiver receiver =
            new Receiver(
                request -> request.key().equals("id0-3-alert-12") ? Reply.never() : Reply.of(200));
        RunningNotifier notifier =
            notifier(Start.EARLIEST, webhook("w", receiver, "timeout: 100ms, retry_for: 300ms"))) {
      Receiver.await("the next one", () -> receiver.keys().contains("id1-3-alert-12"));
      ConsumerRecord<byte[], byte[]> letter = awaitLetters(1).get(0);
      assertThat(text(letter, "tidemark-reason")).isEqualTo("no answer within 100 ms");
      long tries = receiver.keys().stream().filter(key -> key.equals("id0-3-alert-12")).count();
      assertThat(text(letter, "tidemark-attempts")).isEqualTo(Long.toString(tries));
      assertThat(notifier.counters("w-" + topic).retried.sum()).isEqualTo(tries - 1).isPositive();
    }
  }

  @Test
  void theNextStartGoesOnWhereTheLastOneWas() {
    try (Receiver receiver =
        new Receiver(request -> request.key().startsWith("held") ? Reply.of(503) : Reply.of(200))) {
      String webhook = webhook("w", receiver, "retry_for: 1h");
      write("id0", VerdictStatus.ALERT);
      write("held", VerdictStatus.ALERT);
      write("id2", VerdictStatus.ALERT);
      try (RunningNotifier notifier = notifier(Start.EARLIEST, webhook)) {
        Receiver.await("the held one", () -> receiver.keys().contains("held-3-alert-12"));
      }
      int before = receiver.requests().size();
      assertThat(receiver.keys().subList(1, before)).containsOnly("held-3-alert-12");
      try (RunningNotifier notifier = notifier(Start.NEWEST, webhook)) {
        receiver.await(before + 1);
        assertThat(receiver.keys().get(before)).isEqualTo("held-3-alert-12");
        assertThat(notifier.counters("w-" + topic).delivered.sum()).isZero();
      }
      assertThat(receiver.keys()).filteredOn(key -> key.startsWith("id0")).hasSize(1);
    }
  }

  @Test
  void aNewWebhookBeginsAtTheNewestAndStaysThereWithoutAnAlert() {
    write("old", VerdictStatus.ALERT);
    try (Receiver receiver = new Receiver(request -> Reply.of(200))) {
      String webhook = webhook("w", receiver, "late: send");
      try (RunningNotifier notifier = notifier(Start.NEWEST, webhook)) {
        Receiver.await("its start", () -> broker.committed(group("w"), topic, 0) == 1);
        assertThat(notifier.counters("w-" + topic).read.sum()).isZero();
      }
      write("meanwhile", VerdictStatus.ALERT);
      try (RunningNotifier notifier = notifier(Start.NEWEST, webhook)) {
        receiver.await(1);
        assertThat(notifier.counters("w-" + topic).read.sum()).isEqualTo(1);
      }
      assertThat(receiver.keys()).containsExactly("meanwhile-3-alert-12");
    }
  }

  private String group(String name) {
    return "tidemark-notify-%s-%s".formatted(name, topic);
  }

  @Test
  void whatWasRemovedUnreadIsCounted() throws InterruptedException {
    try (Receiver receiver = new Receiver(request -> Reply.of(200))) {
      String webhook = webhook("w", receiver, "late: send");
      try (RunningNotifier notifier = notifier(Start.NEWEST, webhook)) {
        Receiver.await("its start", () -> broker.committed(group("w"), topic, 0) == 0);
      }
      IntStream.range(0, 5).forEach(i -> write("id" + i, VerdictStatus.ALERT));
      broker.deleteRecords(topic, 0, 3);
      try (RunningNotifier notifier = notifier(Start.NEWEST, webhook)) {
        receiver.await(2);
        assertThat(receiver.keys()).containsExactly("id3-3-alert-12", "id4-3-alert-12");
        assertThat(notifier.counters("w-" + topic).lost.sum()).isEqualTo(3);
      }
    }
  }

  @Test
  void eachWebhookGetsWhatItWants() {
    write(TestAlerts.alert("a", VerdictStatus.ALERT, "acme", "slow", VerdictMark.LATE));
    write(TestAlerts.alert("b", VerdictStatus.OK, "acme", "slow"));
    write(TestAlerts.alert("c", VerdictStatus.ALERT, "beta", "slow"));
    write(TestAlerts.alert("d", VerdictStatus.ALERT, "acme", "hot"));
    try (Receiver one = new Receiver(request -> Reply.of(200));
        Receiver other = new Receiver(request -> Reply.of(200));
        RunningNotifier notifier =
            notifier(
                Start.EARLIEST,
                webhook("one", one, "orgs: [acme], late: skip"),
                webhook("other", other, "monitors: s*, statuses: [alert]"))) {
      one.await(2);
      other.await(2);
      Receiver.await("one", () -> notifier.counters("one-" + topic).skipped.sum() == 2);
      Receiver.await("other", () -> notifier.counters("other-" + topic).skipped.sum() == 2);
      assertThat(one.keys()).containsExactly("b-3-ok-12", "d-3-alert-12");
      assertThat(other.requests())
          .extracting(Request::key)
          .containsExactly("a-3-alert-12", "c-3-alert-12");
    }
  }

  /** So that the last one is not begun with again. */
  @Test
  void whatIsSkippedIsCommittedToo() {
    write(TestAlerts.alert("b", VerdictStatus.OK, "acme", "slow"));
    try (Receiver receiver = new Receiver(request -> Reply.of(200));
        RunningNotifier notifier =
            notifier(Start.EARLIEST, webhook("w", receiver, "statuses: [alert]"))) {
      Receiver.await("a commit", () -> broker.committed(group("w"), topic, 0) == 1);
      assertThat(notifier.counters("w-" + topic).skipped.sum()).isEqualTo(1);
      assertThat(receiver.requests()).isEmpty();
    }
  }
}
