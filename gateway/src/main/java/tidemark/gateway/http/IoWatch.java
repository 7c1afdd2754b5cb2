package tidemark.gateway.http;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Bounds the time that a thread waits for a client. The JDK's server reads and writes NIO channels
 * in blocking mode without a timeout; an interrupt of the thread closes such a channel, so that the
 * read or write ends with an exception.
 *
 * <p>Thread-safe. A guard costs some hundred nanoseconds; it is noticed up to 100 ms late.
 */
final class IoWatch implements AutoCloseable {
  private static final long LOOK_MILLIS = 100;

  /** Static, as a thread has one guard at a time, whatever server it works for. */
  private static final ThreadLocal<Guard> OF_THREAD = new ThreadLocal<>();

  private final Set<Guard> guards = ConcurrentHashMap.newKeySet();

  private final ScheduledExecutorService looker =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "http-io-watch");
            thread.setDaemon(true);
            return thread;
          });

  /** A thread's time for one thing. */
  private static final class Guard {
    private final Thread thread = Thread.currentThread();
    private final long endNanos;
    private boolean isOver;
    private boolean hasStruck;

    private Guard(Duration limit) {
      endNanos = System.nanoTime() + limit.toNanos();
    }

    private synchronized void strikeIfLate(long now) {
      if (!isOver && !hasStruck && now - endNanos > 0) {
        hasStruck = true;
        thread.interrupt();
      }
    }

    private synchronized void end() {
      isOver = true;
    }
  }

  IoWatch() {
    var unused =
        looker.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void look() {
    long now = System.nanoTime();
    guards.forEach(guard -> guard.strikeIfLate(now));
  }

  /** From now on this thread has so long, until {@link #end}; replaces a guard before. */
  void begin(Duration limit) {
    end();
    Guard guard = new Guard(limit);
    OF_THREAD.set(guard);
    guards.add(guard);
  }

  /** What follows may take its time. Does nothing if there is no guard. */
  void end() {
    Guard guard = OF_THREAD.get();
    if (guard == null) {
      return;
    }
    OF_THREAD.remove();
    guards.remove(guard);
    guard.end();
    if (guard.hasStruck) {
      // The channel is closed; the interrupt has done its work and must not strike anything else.
      Thread.interrupted();
    }
  }

  @Override
  public void close() {
    looker.shutdownNow();
  }
}
