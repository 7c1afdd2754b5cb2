package tidemark.gateway.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tidemark.gateway.ask.Gateway;
import tidemark.gateway.ask.SqlState;

/**
 * The gateway's HTTP server: {@code POST /v1/sql}, {@code GET /healthz}, {@code GET /metrics}. The
 * JDK's own, with a bounded pool of threads; counts {@code
 * tidemark_gateway_http_requests_total{path,status}}, status 0 for those that were cut off.
 *
 * <p>Thread-safe. Sets two properties of the JDK's server if they are not set, for the whole
 * process: small packets leave at once, and there may be 1,000 connections.
 */
public final class HttpGateway implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HttpGateway.class);

  /** Beside those that wait for queries, so that health is told even if all of them do. */
  private static final int OTHER_THREADS = 4;

  private static final int BACKLOG = 128;
  private static final String SQL = "/v1/sql";
  private static final String HEALTH = "/healthz";
  private static final String METRICS = "/metrics";

  static {
    // Read once, when the first server of the process is made.
    setUnlessSet("sun.net.httpserver.nodelay", "true");
    setUnlessSet("jdk.httpserver.maxConnections", "1000");
  }

  private final HttpConfig config;
  private final IoWatch ioWatch = new IoWatch();
  private final ClientWatch clientWatch = new ClientWatch();
  private final ExecutorService threads;
  private final SqlHandler sql;
  private final OperatorHandler operators;
  private final Replies replies;
  private final Counter requests;
  private final HttpServer server;
  private final HttpServer operatorsServer;

  private static void setUnlessSet(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  private HttpGateway(
      HttpConfig config,
      HttpServer server,
      HttpServer operatorsServer,
      Gateway gateway,
      Supplier<Health> health,
      PrometheusRegistry registry) {
    this.config = config;
    this.server = server;
    this.operatorsServer = operatorsServer;
    threads = threads(config.maxQueries() + OTHER_THREADS);
    replies = new Replies(ioWatch, config);
    Passwords passwords = new Passwords(gateway, config.proofLife(), System::nanoTime);
    sql = new SqlHandler(gateway, config, passwords, ioWatch, clientWatch, replies);
    operators = new OperatorHandler(health, registry, replies);
    requests =
        Counter.builder()
            .name("tidemark_gateway_http_requests_total")
            .help("requests that ended, status 0 if they were cut off")
            .labelNames("path", "status")
            .register(registry);
    if (server == operatorsServer) {
      start(server, Set.of(SQL, HEALTH, METRICS));
    } else {
      start(server, Set.of(SQL));
      start(operatorsServer, Set.of(HEALTH, METRICS));
    }
  }

  /**
   * Starts it without TLS: for loopback, or behind a proxy that has it.
   *
   * @param health asked for at each request of {@code /healthz}
   * @throws IOException if an address cannot be bound
   */
  public static HttpGateway start(
      HttpConfig config, Gateway gateway, Supplier<Health> health, PrometheusRegistry registry)
      throws IOException {
    HttpServer server = HttpServer.create(config.address(), BACKLOG);
    return started(config, server, gateway, health, registry);
  }

  /**
   * Starts it with TLS 1.2 or 1.3.
   *
   * @param tls with the server's key
   * @throws IOException if an address cannot be bound
   */
  public static HttpGateway startWithTls(
      HttpConfig config,
      SSLContext tls,
      Gateway gateway,
      Supplier<Health> health,
      PrometheusRegistry registry)
      throws IOException {
    HttpsServer server = HttpsServer.create(config.address(), BACKLOG);
    server.setHttpsConfigurator(
        new HttpsConfigurator(tls) {
          @Override
          public void configure(HttpsParameters parameters) {
            SSLParameters ours = getSSLContext().getDefaultSSLParameters();
            ours.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
            parameters.setSSLParameters(ours);
          }
        });
    return started(config, server, gateway, health, registry);
  }

  private static HttpGateway started(
      HttpConfig config,
      HttpServer server,
      Gateway gateway,
      Supplier<Health> health,
      PrometheusRegistry registry)
      throws IOException {
    try {
      HttpServer operators =
          config.operatorsAddress().equals(config.address())
              ? server
              : HttpServer.create(config.operatorsAddress(), BACKLOG);
      return new HttpGateway(config, server, operators, gateway, health, registry);
    } catch (IOException | RuntimeException e) {
      server.stop(0);
      throw e;
    }
  }

  private static ExecutorService threads(int count) {
    AtomicInteger number = new AtomicInteger();
    ThreadPoolExecutor threads =
        new ThreadPoolExecutor(
            count,
            count,
            1,
            TimeUnit.MINUTES,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, "http-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    threads.allowCoreThreadTimeOut(true);
    return threads;
  }

  private void start(HttpServer started, Set<String> paths) {
    // The JDK's server reads the head of a request in here, before it knows the path.
    started.setExecutor(task -> threads.execute(() -> inTime(task)));
    started.createContext("/", exchange -> handle(exchange, paths));
    started.start();
    LOG.info("HTTP at {} for {}", started.getAddress(), paths);
  }

  private void inTime(Runnable task) {
    ioWatch.begin(config.requestTimeout());
    try {
      task.run();
    } finally {
      ioWatch.end();
    }
  }

  private void handle(HttpExchange exchange, Set<String> paths) throws IOException {
    ioWatch.end();
    String asked = exchange.getRequestURI().getPath();
    String path = paths.contains(asked) ? asked : "other";
    try {
      route(exchange, path);
      closeInTime(exchange);
      count(path, exchange.getResponseCode());
    } catch (IOException e) {
      LOG.debug("a request of {} was cut off", path, e);
      count(path, 0);
      // The server closes the connection, so that a part does not pass for the whole.
      throw e;
    } catch (RuntimeException | Error e) {
      LOG.error("a request of {} failed", path, e);
      count(path, 0);
      throw e;
    }
  }

  private void closeInTime(HttpExchange exchange) {
    ioWatch.begin(config.requestTimeout());
    try {
      exchange.close();
    } finally {
      ioWatch.end();
    }
  }

  private void count(String path, int status) {
    requests.labelValues(path, Integer.toString(status)).inc();
  }

  private void route(HttpExchange exchange, String path) throws IOException {
    String method = exchange.getRequestMethod();
    switch (path) {
      case SQL -> {
        if (isOneOf(exchange, method, List.of("POST"))) {
          sql.handle(exchange);
        }
      }
      case HEALTH -> {
        if (isOneOf(exchange, method, List.of("GET", "HEAD"))) {
          operators.health(exchange);
        }
      }
      case METRICS -> {
        if (isOneOf(exchange, method, List.of("GET", "HEAD"))) {
          operators.metrics(exchange);
        }
      }
      default ->
          replies.refuse(
              exchange, Refusal.of(404, SqlState.UNDEFINED_OBJECT, "there is no such path"));
    }
  }

  private boolean isOneOf(HttpExchange exchange, String method, List<String> allowed)
      throws IOException {
    if (allowed.contains(method)) {
      return true;
    }
    String list = String.join(", ", allowed);
    replies.refuse(
        exchange,
        Refusal.of(405, SqlState.FEATURE_NOT_SUPPORTED, "this path takes " + list)
            .withHeader("Allow", list));
    return false;
  }

  /** Where SQL is served; its port is a real one even if 0 was asked for. */
  public InetSocketAddress address() {
    return server.getAddress();
  }

  /** Where health and metrics are. */
  public InetSocketAddress operatorsAddress() {
    return operatorsServer.getAddress();
  }

  /** Takes no more requests, gives those that run a second, and cuts off the rest. */
  @Override
  public void close() {
    close(Duration.ofSeconds(1));
  }

  /** The same with another time for those that run. */
  public void close(Duration grace) {
    int seconds = (int) Math.min(grace.toSeconds(), 3600);
    if (operatorsServer != server) {
      operatorsServer.stop(0);
    }
    // It waits for the whole time even if nothing runs.
    server.stop(sql.running() == 0 ? 0 : seconds);
    threads.shutdownNow();
    ioWatch.close();
    clientWatch.close();
  }
}
