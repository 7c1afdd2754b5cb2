package tidemark.cli.notify;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Locale;
import tidemark.serde.verdict.VerdictJson;
import tidemark.state.monitor.Verdict;

/** An alert as the topic has it. Immutable: nobody changes the body, which is what goes out. */
final class AlertMessage {
  private final Verdict verdict;
  private final byte[] body;

  private AlertMessage(Verdict verdict, byte[] body) {
    this.verdict = verdict;
    this.body = body;
  }

  /**
   * @throws IllegalArgumentException if it is no alert of a version that this build knows
   */
  static AlertMessage of(byte[] value) {
    if (value == null) {
      throw new IllegalArgumentException("an alert must not be empty");
    }
    if (VerdictJson.before(value).isEmpty()) {
      throw new IllegalArgumentException("an alert must have the field 'before'");
    }
    return new AlertMessage(VerdictJson.verdict(value), value);
  }

  /** What it says. */
  Verdict verdict() {
    return verdict;
  }

  /** Its JSON, byte for byte; not copied. */
  byte[] body() {
    return body;
  }

  /**
   * The same for every copy and every try of one alert, and of no other one. After a failure the
   * job may use a revision again for another word on the window: this one has other points.
   */
  String idempotencyKey() {
    return "%s-%d-%s-%d"
        .formatted(
            headerText(verdict.id()),
            verdict.revision(),
            verdict.status().name().toLowerCase(Locale.ROOT),
            verdict.points());
  }

  /** Percent-encoded where it is not visible ASCII. */
  String org() {
    return headerText(verdict.subject().org());
  }

  private static String headerText(String text) {
    StringBuilder header = new StringBuilder();
    for (byte each : text.getBytes(UTF_8)) {
      if (each > ' ' && each < 0x7f && each != '%') {
        header.append((char) each);
      } else {
        header.append("%%%02X".formatted(each));
      }
    }
    return header.toString();
  }
}
