package tidemark.gameday;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;

/**
 * Stands between Flink and the object store and spoils answers: one request per connection, passed
 * on byte for byte or answered with a fault. Thread-safe.
 */
final class FaultFilter implements AutoCloseable {
  private static final String SLOW_DOWN =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>SlowDown</Code>"
          + "<Message>Please reduce your request rate.</Message></Error>";
  private static final int MAX_HEAD = 1 << 16;
  private static final int PROMISED_BYTES = 400;

  private final IntSupplier storePort;
  private final Random random;
  private final int port;
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "fault-filter");
            thread.setDaemon(true);
            return thread;
          });
  private final AtomicLong passed = new AtomicLong();
  private final AtomicLong slowDowns = new AtomicLong();
  private final AtomicLong cutErrors = new AtomicLong();
  private final ConcurrentMap<String, AtomicLong> requests = new ConcurrentHashMap<>();
  private volatile ServerSocket listening;
  private volatile double slowDownShare;
  private volatile double cutErrorShare;

  /**
   * Listens at once, and passes everything on.
   *
   * @param storePort of the object store, asked for each request
   */
  FaultFilter(IntSupplier storePort, long seed) {
    this.storePort = storePort;
    this.random = new Random(seed);
    this.port = listen(0);
  }

  int port() {
    return port;
  }

  /** From now on these shares of the requests fail. */
  void spoil(double slowDowns503, double cutErrors500) {
    slowDownShare = slowDowns503;
    cutErrorShare = cutErrors500;
  }

  /** From now on nobody is there: connections are refused. */
  void leave() {
    close(listening);
  }

  /** Back again, with no faults. */
  void comeBack() {
    spoil(0, 0);
    int unused = listen(port);
  }

  String counts() {
    return "%,d passed on, %,d answered 503, %,d answered 500 with a cut body"
        .formatted(passed.get(), slowDowns.get(), cutErrors.get());
  }

  /** Requests so far, refused ones among them, of a method and with a text in their path. */
  long requests(String method, String part) {
    return requests.entrySet().stream()
        .filter(entry -> entry.getKey().startsWith(method + " "))
        .filter(entry -> entry.getKey().contains(part))
        .mapToLong(entry -> entry.getValue().get())
        .sum();
  }

  /** Kept by method and the last folder but one, so that there are few. */
  private void count(byte[] head) {
    String[] line = new String(head, ISO_8859_1).split("[ ?]", 3);
    String[] folders = line[1].split("/", -1);
    String key = line[0] + " " + (folders.length > 3 ? folders[2] + "/" + folders[3] : "");
    requests.computeIfAbsent(key, absent -> new AtomicLong()).incrementAndGet();
  }

  private int listen(int wanted) {
    try {
      ServerSocket socket = new ServerSocket();
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), wanted), 200);
      listening = socket;
      threads.execute(() -> accept(socket));
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void accept(ServerSocket socket) {
    while (!socket.isClosed()) {
      try {
        Socket client = socket.accept();
        threads.execute(() -> serve(client));
      } catch (IOException e) {
        close(socket); // it was closed to leave
      } catch (RejectedExecutionException e) {
        close(socket); // the game is over, and this client came a moment too late
      }
    }
  }

  private void serve(Socket client) {
    try (client) {
      byte[] head = readHead(client.getInputStream());
      if (head.length == 0) {
        return;
      }
      count(head);
      double chance;
      synchronized (random) {
        chance = random.nextDouble();
      }
      if (chance < slowDownShare) {
        slowDowns.incrementAndGet();
        refuse(client, head, "503 Slow Down", SLOW_DOWN, SLOW_DOWN.length());
      } else if (chance < slowDownShare + cutErrorShare) {
        cutErrors.incrementAndGet();
        refuse(client, head, "500 Internal Server Error", "<?xml version=", PROMISED_BYTES);
      } else {
        passed.incrementAndGet();
        passOn(client, head);
      }
    } catch (IOException e) {
      // either side hung up, which is what clients of a bad store do
      close(client);
    } catch (RejectedExecutionException e) {
      close(client); // the game is over in the middle of a request
    }
  }

  private static byte[] readHead(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    int matched = 0;
    while (matched < 4 && head.size() < MAX_HEAD) {
      int next = in.read();
      if (next < 0) {
        return new byte[0];
      }
      head.write(next);
      matched = next == "\r\n\r\n".charAt(matched) ? matched + 1 : next == '\r' ? 1 : 0;
    }
    return head.toByteArray();
  }

  /** Takes the body first unless the client waits to be asked for it. */
  private static void refuse(
      Socket client, byte[] head, String status, String body, int promisedBytes)
      throws IOException {
    String text = new String(head, ISO_8859_1);
    if (!text.toLowerCase(Locale.ROOT).contains("expect: 100-continue")) {
      client.getInputStream().skipNBytes(contentLength(text));
    }
    String answer =
        "HTTP/1.1 %s\r\nContent-Type: application/xml\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s"
            .formatted(status, promisedBytes, text.startsWith("HEAD ") ? "" : body);
    client.getOutputStream().write(answer.getBytes(ISO_8859_1));
    client.getOutputStream().flush();
  }

  private static long contentLength(String head) {
    for (String line : head.split("\r\n", -1)) {
      if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
        return Long.parseLong(line.substring("content-length:".length()).trim());
      }
    }
    return 0;
  }

  private void passOn(Socket client, byte[] head) throws IOException {
    try (Socket store = new Socket(InetAddress.getLoopbackAddress(), storePort.getAsInt())) {
      String text = new String(head, ISO_8859_1).replaceAll("(?i)\r\nConnection: [^\r]*", "");
      String once = text.substring(0, text.length() - 2) + "Connection: close\r\n\r\n";
      store.getOutputStream().write(once.getBytes(ISO_8859_1));
      store.getOutputStream().flush();
      threads.execute(() -> pump(client, store));
      copy(store.getInputStream(), client.getOutputStream());
    }
  }

  private static void pump(Socket from, Socket to) {
    try {
      copy(from.getInputStream(), to.getOutputStream());
    } catch (IOException e) {
      close(to); // the request is over, one way or the other
    }
  }

  private static void copy(InputStream in, OutputStream out) throws IOException {
    byte[] buffer = new byte[1 << 16];
    for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
      out.write(buffer, 0, read);
      out.flush();
    }
  }

  private static void close(Closeable socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    leave();
    threads.shutdownNow();
  }
}
