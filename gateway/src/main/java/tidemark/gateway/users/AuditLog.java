package tidemark.gateway.users;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One line per query, in a file that rolls; {@link AuditText} says what a line holds.
 *
 * <p>No line is lost: a query has a place in the queue before it starts. If the file cannot keep
 * up, or the disk is full, new queries wait for a place and are refused after a while; those that
 * run end as ever. A write that fails is repeated every second. {@link #close} writes all that is
 * queued and then forces it to disk; between, a crash of the machine (not of the process) may take
 * the last seconds.
 *
 * <p>Thread-safe. A line costs its caller some microseconds.
 */
public final class AuditLog implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AuditLog.class);
  private static final long RETRY_MILLIS = 1000;
  private static final long LAST_TRIES_MILLIS = 10_000;
  private static final byte[] END = {};

  /** Where lines go; a test's may fail. */
  interface Target extends AutoCloseable {
    void write(byte[] line) throws IOException;

    @Override
    void close() throws IOException;
  }

  private final Target target;
  private final Semaphore places;
  private final int maxOpenLines;
  private final BlockingQueue<byte[]> queue = new LinkedBlockingQueue<>();
  private final AtomicBoolean isClosed = new AtomicBoolean();
  private final Semaphore wake = new Semaphore(0);
  private final Thread writer = new Thread(this::writeAll, "audit-log");
  private volatile String problem = "";

  AuditLog(Target target, int maxOpenLines) {
    this.target = target;
    this.maxOpenLines = maxOpenLines;
    places = new Semaphore(maxOpenLines, true);
    writer.setDaemon(true);
    writer.start();
  }

  /**
   * @throws IOException if the file cannot be written, or another process does
   */
  public static AuditLog open(AuditConfig config) throws IOException {
    RollingFile file = new RollingFile(config);
    Target target =
        new Target() {
          @Override
          public void write(byte[] line) throws IOException {
            file.write(line);
          }

          @Override
          public void close() throws IOException {
            file.close();
          }
        };
    return new AuditLog(target, config.maxOpenLines());
  }

  /** A line that will be written; one of {@link #write} and {@link #giveBack} must follow. */
  final class Place {
    private final AtomicBoolean isUsed = new AtomicBoolean();

    /** Does not wait. */
    void write(AuditLine line) {
      use();
      byte[] text = AuditText.of(line);
      queue.add(text);
      if (!writer.isAlive()) {
        LOG.error("the audit log has ended before this query: {}", new String(text, US_ASCII));
      }
    }

    /** Nothing happened that needs a line. */
    void giveBack() {
      use();
      places.release();
    }

    private void use() {
      if (!isUsed.compareAndSet(false, true)) {
        throw new IllegalStateException("a place of the audit log holds one line");
      }
    }
  }

  /** Waits for a place; empty if there was none in time, or the log is closed. */
  Optional<Place> reserve(Duration wait) throws InterruptedException {
    if (isClosed.get() || !places.tryAcquire(wait.toNanos(), TimeUnit.NANOSECONDS)) {
      return Optional.empty();
    }
    return Optional.of(new Place());
  }

  /** Why lines are not being written now; empty if they are. */
  public Optional<String> problem() {
    return problem.isEmpty() ? Optional.empty() : Optional.of(problem);
  }

  /** Lines that wait to be written. */
  public int waitingLines() {
    return queue.size();
  }

  private void writeAll() {
    try {
      for (byte[] line = queue.take(); line != END; line = queue.take()) {
        if (!writeOne(line)) {
          LOG.error("{} lines of the audit log are lost: {}", queue.size(), problem);
          return;
        }
      }
    } catch (InterruptedException e) {
      LOG.error("the audit log was interrupted with {} lines to write", queue.size(), e);
      Thread.currentThread().interrupt();
    }
  }

  /** Tries until it is written; false if that did not help when the process ends. */
  private boolean writeOne(byte[] line) throws InterruptedException {
    long closedForMillis = 0;
    while (true) {
      try {
        target.write(line);
        problem = "";
        places.release();
        return true;
      } catch (IOException e) {
        if (problem.isEmpty()) {
          LOG.error("the audit log cannot be written, queries will wait: {}", e.getMessage(), e);
        }
        problem = "the audit log cannot be written: " + e.getMessage();
      }
      if (isClosed.get()) {
        closedForMillis += RETRY_MILLIS;
        if (closedForMillis > LAST_TRIES_MILLIS) {
          return false;
        }
      }
      if (wake.tryAcquire(RETRY_MILLIS, TimeUnit.MILLISECONDS)) {
        closedForMillis = 0;
      }
    }
  }

  /** Writes what is queued, for ten seconds at most if it fails; queries must have ended before. */
  @Override
  public void close() throws IOException {
    if (!isClosed.compareAndSet(false, true)) {
      return;
    }
    int running = maxOpenLines - places.availablePermits() - queue.size();
    if (running > 0) {
      LOG.warn("the audit log closes while up to {} queries run", running);
    }
    queue.add(END);
    wake.release();
    boolean isInterrupted = false;
    while (writer.isAlive()) {
      try {
        writer.join();
      } catch (InterruptedException e) {
        isInterrupted = true;
      }
    }
    if (isInterrupted) {
      Thread.currentThread().interrupt();
    }
    target.close();
    if (!problem.isEmpty()) {
      throw new IOException(problem);
    }
  }
}
