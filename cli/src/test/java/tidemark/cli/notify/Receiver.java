package tidemark.cli.notify;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import tidemark.cli.process.Waiting;

/** A real HTTP server that keeps what it gets and answers as it is told. */
public final class Receiver implements AutoCloseable {
  private static final long HOLD_SECONDS = 60;

  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final CountDownLatch isClosing = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpServer server;

  /** What came, whole. */
  public record Request(String method, String path, Headers headers, String body) {
    public String header(String name) {
      return headers.getFirst(name);
    }

    public String key() {
      return header("Idempotency-Key");
    }
  }

  /** What is said to it. */
  public record Reply(int status, Map<String, String> headers, Hold hold) {
    public static Reply of(int status) {
      return new Reply(status, Map.of(), Hold.NOTHING);
    }

    static Reply of(int status, String header, String value) {
      return new Reply(status, Map.of(header, value), Hold.NOTHING);
    }

    /** Nothing until the receiver closes. */
    public static Reply never() {
      return new Reply(200, Map.of(), Hold.ALL);
    }

    /** The status and no end of the body. */
    static Reply half() {
      return new Reply(200, Map.of(), Hold.BODY);
    }
  }

  /** What is held back. */
  enum Hold {
    NOTHING,
    BODY,
    ALL
  }

  /**
   * @param replies may be called by many threads
   */
  public Receiver(Function<Request, Reply> replies) {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext("/", exchange -> answer(exchange, replies));
    server.start();
  }

  private void answer(HttpExchange exchange, Function<Request, Reply> replies) throws IOException {
    try (exchange) {
      Request request =
          new Request(
              exchange.getRequestMethod(),
              exchange.getRequestURI().toString(),
              exchange.getRequestHeaders(),
              new String(exchange.getRequestBody().readAllBytes(), UTF_8));
      requests.add(request);
      Reply reply = replies.apply(request);
      if (reply.hold() == Hold.ALL) {
        hold();
      }
      reply.headers().forEach(exchange.getResponseHeaders()::add);
      byte[] body = "thank you".getBytes(UTF_8);
      exchange.sendResponseHeaders(reply.status(), body.length);
      exchange.getResponseBody().write(body, 0, 1);
      exchange.getResponseBody().flush();
      if (reply.hold() == Hold.BODY) {
        hold();
      }
      exchange.getResponseBody().write(body, 1, body.length - 1);
    }
  }

  private void hold() {
    try {
      boolean unused = isClosing.await(HOLD_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  public String url() {
    return "http://" + host() + "/hook";
  }

  String host() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  /** All that came, in its order. */
  public List<Request> requests() {
    return List.copyOf(requests);
  }

  public List<String> keys() {
    return requests.stream().map(Request::key).toList();
  }

  /** Waits until so many requests came, retries among them. */
  public void await(int count) {
    await(count + " requests", () -> requests.size() >= count);
  }

  /** Waits for anything else, as long. */
  public static void await(String what, BooleanSupplier condition) {
    new Waiting(Duration.ofSeconds(60), Duration.ofMillis(20), () -> {})
        .until(what, List.of(), condition);
  }

  @Override
  public void close() {
    isClosing.countDown();
    server.stop(0);
    List<Runnable> unused = threads.shutdownNow();
  }
}
