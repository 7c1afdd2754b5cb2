package tidemark.gateway.postgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tidemark.gateway.ask.Gateway;

/**
 * Listens for clients that speak PostgreSQL's protocol, version 3.
 *
 * <p>One thread accepts, one watches, and each connection has its own: at most {@link
 * PostgresConfig#maxConnections} that log in, and {@value #SPARE} more that cancel something or are
 * told that there are too many. What comes on top is hung up on. Thread-safe.
 */
public final class PostgresServer implements AutoCloseable, Peers {
  private static final Logger LOG = LoggerFactory.getLogger(PostgresServer.class);

  private static final int SPARE = 32;
  private static final int BACKLOG = 128;
  private static final Duration WATCH_EVERY = Duration.ofMillis(250);

  /** How long {@link #close} waits for statements to end; the same again is waited for sockets. */
  private static final Duration CLOSE_WITHIN = Duration.ofSeconds(5);

  private static final Duration ACCEPTOR_ENDS_WITHIN = Duration.ofSeconds(1);

  private final Gateway gateway;
  private final PostgresConfig config;
  private final ServerSocket listener;
  private final SecureRandom random = new SecureRandom();
  private final ScramLogin scramLogin;
  private final Semaphore slots;
  private final Map<Integer, PostgresConnection> connections = new ConcurrentHashMap<>();
  private final Map<PostgresConnection, Thread> threads = new ConcurrentHashMap<>();
  private final AtomicInteger processIds = new AtomicInteger();
  private final ScheduledExecutorService watcher;
  private final ScheduledFuture<?> watch;
  private final Thread acceptor;
  private volatile boolean isClosed;

  private PostgresServer(Gateway gateway, PostgresConfig config, ServerSocket listener) {
    this.gateway = gateway;
    this.config = config;
    this.listener = listener;
    this.scramLogin = new ScramLogin(gateway, random);
    this.slots = new Semaphore(config.maxConnections());
    this.watcher =
        Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "postgres-watch"));
    long everyMs = WATCH_EVERY.toMillis();
    this.watch =
        watcher.scheduleWithFixedDelay(this::watch, everyMs, everyMs, TimeUnit.MILLISECONDS);
    this.acceptor = daemon(this::accept, "postgres-accept");
  }

  /**
   * Begins to listen.
   *
   * @throws UncheckedIOException if the port is taken
   */
  public static PostgresServer start(Gateway gateway, PostgresConfig config) {
    try {
      ServerSocket listener = new ServerSocket(config.port(), BACKLOG, config.address());
      PostgresServer server = new PostgresServer(gateway, config, listener);
      server.acceptor.start();
      LOG.info("postgres protocol listens on {}", server.address());
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot listen on %s port %d".formatted(config.address(), config.port()), e);
    }
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return (InetSocketAddress) listener.getLocalSocketAddress();
  }

  /** Clients that are connected, those that log in included. */
  public int connections() {
    return connections.size();
  }

  PostgresConfig config() {
    return config;
  }

  Gateway gateway() {
    return gateway;
  }

  ScramLogin scramLogin() {
    return scramLogin;
  }

  boolean takeSlot() {
    return slots.tryAcquire();
  }

  void returnSlot() {
    slots.release();
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  private void accept() {
    while (!isClosed) {
      try {
        admit(listener.accept());
      } catch (IOException e) {
        if (!isClosed) {
          LOG.warn("a connection could not be accepted", e);
        }
      }
    }
  }

  private void admit(Socket socket) throws IOException {
    if (isClosed || connections.size() >= config.maxConnections() + SPARE) {
      socket.close();
      return;
    }
    Channel channel;
    try {
      channel = new Channel(socket, config.limits().maxRowBytes());
    } catch (IOException e) {
      socket.close();
      throw e;
    }
    int processId = nextProcessId();
    PostgresConnection connection =
        new PostgresConnection(this, channel, processId, random.nextInt());
    Thread thread = daemon(connection, "postgres-" + processId);
    connections.put(processId, connection);
    threads.put(connection, thread);
    thread.start();
  }

  private int nextProcessId() {
    return processIds.updateAndGet(last -> last == Integer.MAX_VALUE ? 1 : last + 1);
  }

  void remove(PostgresConnection connection) {
    connections.remove(connection.processId());
    threads.remove(connection);
  }

  private void watch() {
    for (PostgresConnection connection : connections.values()) {
      try {
        connection.watch();
      } catch (RuntimeException e) {
        // One connection's trouble must not end the watch over the others.
        LOG.warn("connection {} cannot be watched", connection.processId(), e);
      }
    }
  }

  @Override
  public boolean cancel(int processId, String user) {
    PostgresConnection connection = connections.get(processId);
    if (connection == null || !connection.user().equals(user)) {
      return false;
    }
    connection.activity().cancel();
    return true;
  }

  @Override
  public void cancel(int processId, int secret) {
    PostgresConnection connection = connections.get(processId);
    int wanted = connection == null ? ~secret : connection.secret();
    if (MessageDigest.isEqual(bytes(wanted), bytes(secret)) && connection != null) {
      connection.activity().cancel();
    } else {
      LOG.debug("a request to cancel named no connection or a wrong secret");
    }
  }

  private static byte[] bytes(int value) {
    return ByteBuffer.allocate(Integer.BYTES).putInt(value).array();
  }

  /** Tells all clients 57P01, cancels what runs and hangs up; idempotent, bounded. */
  @Override
  public void close() {
    isClosed = true;
    try {
      listener.close();
    } catch (IOException e) {
      LOG.warn("the listening socket did not close", e);
    }
    joinQuietly(acceptor, ACCEPTOR_ENDS_WITHIN.toMillis());
    // A client that reads nothing holds up whoever says goodbye to it, and nobody else.
    ExecutorService goodbyes =
        Executors.newCachedThreadPool(task -> daemon(task, "postgres-goodbye"));
    connections.values().forEach(connection -> goodbyes.execute(connection::end));
    goodbyes.shutdown();
    awaitEnd();
    connections.values().forEach(PostgresConnection::abort);
    awaitEnd();
    watch.cancel(false);
    watcher.shutdownNow();
    if (!connections.isEmpty()) {
      LOG.warn("{} connections did not end with the server", connections.size());
    }
  }

  private void awaitEnd() {
    long deadline = System.nanoTime() + CLOSE_WITHIN.toNanos();
    for (Thread thread : threads.values()) {
      long leftMs = (deadline - System.nanoTime()) / 1_000_000;
      if (leftMs <= 0) {
        return;
      }
      joinQuietly(thread, leftMs);
    }
  }

  private static void joinQuietly(Thread thread, long timeoutMs) {
    try {
      thread.join(timeoutMs);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
