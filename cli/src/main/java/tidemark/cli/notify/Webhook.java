package tidemark.cli.notify;

import java.net.URI;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tidemark.state.definition.TextPattern;
import tidemark.state.monitor.Verdict;
import tidemark.state.monitor.VerdictMark;
import tidemark.state.monitor.VerdictStatus;

/**
 * Where alerts go, and which. Its address and headers may hold secrets: messages say {@link #name}
 * and {@link #host}, and so does {@link #toString}.
 *
 * @param orgs whose alerts it gets; empty for all
 * @param monitors names of the monitors, one of which must match
 * @param statuses to which a group must have changed
 * @param headers of every request, beside those of {@link WebhookClient}
 * @param timeout of one request, from the first byte sent to the last byte of the answer
 * @param retryFor how long an alert is tried from its first request on
 */
public record Webhook(
    String name,
    URI url,
    Set<String> orgs,
    List<TextPattern> monitors,
    Set<VerdictStatus> statuses,
    Map<String, String> headers,
    Duration timeout,
    Duration retryFor,
    Late late) {

  /** What becomes of alerts that are told long after their window's end. */
  public enum Late {
    SEND,
    SKIP
  }

  public Webhook {
    orgs = Set.copyOf(orgs);
    monitors = List.copyOf(monitors);
    statuses = Set.copyOf(statuses);
    headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
  }

  /** Whether it wants an alert. */
  boolean takes(Verdict alert) {
    return (orgs.isEmpty() || orgs.contains(alert.subject().org()))
        && statuses.contains(alert.status())
        && !(late == Late.SKIP && alert.is(VerdictMark.LATE))
        && monitors.stream().anyMatch(monitor -> monitor.matches(alert.subject().monitor()));
  }

  /** Of its address, with the port if there is one. */
  String host() {
    return url.getPort() < 0 ? url.getHost() : url.getHost() + ":" + url.getPort();
  }

  @Override
  public String toString() {
    return "webhook %s to %s".formatted(name, host());
  }
}
