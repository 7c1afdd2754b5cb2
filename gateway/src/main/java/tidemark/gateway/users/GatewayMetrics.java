package tidemark.gateway.users;

import io.prometheus.metrics.core.datapoints.GaugeDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.function.IntSupplier;

/**
 * What the gateway counts of queries, of all protocols:
 *
 * <pre>
 * tidemark_gateway_queries_total{protocol,state,org}       state: SQLSTATE, 00000 if it did not fail
 * tidemark_gateway_query_seconds{protocol}                 from start to the end of reading
 * tidemark_gateway_rows_total{protocol,org}                handed to clients
 * tidemark_gateway_value_bytes_total{protocol,org}         of these rows' values
 * tidemark_gateway_sessions                                open now
 * tidemark_gateway_queries_running                         places taken
 * tidemark_gateway_queries_waiting                         for a place
 * tidemark_gateway_calls_hanging                           threads that the engine holds now
 * tidemark_gateway_calls_abandoned_total                   ever
 * tidemark_gateway_audit_waiting_lines                     not written yet
 * tidemark_gateway_users                                   in the file
 * tidemark_gateway_users_file_ok                           0 if an older one is in use
 * tidemark_gateway_audit_ok                                0 if it cannot be written
 * </pre>
 *
 * <p>The label org is empty unless {@link OrgLabel#SHOWN}: whoever reads metrics need not know who
 * the customers are.
 */
public final class GatewayMetrics {
  /** Whether metrics name orgs. */
  public enum OrgLabel {
    HIDDEN,
    SHOWN
  }

  private static final String PREFIX = "tidemark_gateway_";

  private final PrometheusRegistry registry;
  private final OrgLabel orgLabel;
  private final Counter queries;
  private final Histogram querySeconds;
  private final Counter rows;
  private final Counter valueBytes;
  private final Gauge abandonedNow;
  private final Counter abandonedEver;

  public GatewayMetrics(PrometheusRegistry registry, OrgLabel orgLabel) {
    this.registry = registry;
    this.orgLabel = orgLabel;
    queries =
        counter("queries_total", "queries that ended", "protocol", "state", "org")
            .register(registry);
    querySeconds =
        Histogram.builder()
            .name(PREFIX + "query_seconds")
            .help("from a query's start to the end of reading its answer")
            .labelNames("protocol")
            .classicOnly()
            .classicUpperBounds(.001, .005, .01, .03, .1, .3, 1, 3, 10, 30, 100)
            .register(registry);
    rows = counter("rows_total", "rows handed to clients", "protocol", "org").register(registry);
    valueBytes =
        counter("value_bytes_total", "bytes of values handed to clients", "protocol", "org")
            .register(registry);
    abandonedNow =
        Gauge.builder()
            .name(PREFIX + "calls_hanging")
            .help("calls that the engine still has not answered after their time was up")
            .register(registry);
    abandonedEver =
        counter("calls_abandoned_total", "calls whose time was up without an answer")
            .register(registry);
  }

  private static Counter.Builder counter(String name, String help, String... labels) {
    return Counter.builder().name(PREFIX + name).help(help).labelNames(labels);
  }

  /** Shows a number that somebody else keeps. */
  public void watch(String name, String help, IntSupplier value) {
    GaugeWithCallback.builder()
        .name(PREFIX + name)
        .help(help)
        .callback(callback -> callback.call(value.getAsInt()))
        .register(registry);
  }

  void ended(AuditLine line) {
    String protocol = line.origin().protocol();
    String org = orgLabel == OrgLabel.SHOWN ? line.org() : "";
    queries.labelValues(protocol, line.state(), org).inc();
    querySeconds.labelValues(protocol).observe(line.millis() / 1000.0);
    rows.labelValues(protocol, org).inc(line.rows());
    valueBytes.labelValues(protocol, org).inc(line.bytes());
  }

  void abandoned() {
    abandonedEver.inc();
    abandonedNow.inc();
  }

  void abandonedReturned() {
    abandonedNow.dec();
  }

  int abandonedCalls() {
    return (int) ((GaugeDataPoint) abandonedNow).get();
  }
}
