package tidemark.gateway.users;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.SqlState;

/**
 * Places that many keys (orgs, or users) share: a free one goes to the waiting key that holds the
 * fewest, of equals to the one that has waited longest since its last, and within a key to who came
 * first. So a key with a thousand waiting does not keep another out.
 *
 * <p>Thread-safe; a place costs a lock and a look at each waiting key.
 */
final class Turnstile {
  /** How often a waiting thread looks whether it was cancelled. */
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final String what;
  private final int places;
  private final int maxWaitingPerKey;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Line> lines = new HashMap<>();

  /** Lines with somebody in them, the one longest without a place first. */
  private final Set<Line> waiting = new LinkedHashSet<>();

  private int taken;

  /**
   * @param what the places are for, in messages
   */
  Turnstile(String what, int places, int maxWaitingPerKey) {
    this.what = what;
    this.places = places;
    this.maxWaitingPerKey = maxWaitingPerKey;
  }

  /** A key that holds places or waits for some. */
  private static final class Line {
    private final Deque<Waiter> waiters = new ArrayDeque<>();
    private final String key;
    private int limit;
    private int taken;

    private Line(String key) {
      this.key = key;
    }
  }

  private static final class Waiter {
    private final Condition granted;
    private boolean isGranted;

    private Waiter(Condition granted) {
      this.granted = granted;
    }
  }

  /** A held place; closing it twice frees it once. */
  final class Place implements AutoCloseable {
    private final Line line;
    private final AtomicBoolean isFree = new AtomicBoolean();

    private Place(Line line) {
      this.line = line;
    }

    @Override
    public void close() {
      if (isFree.compareAndSet(false, true)) {
        leave(line);
      }
    }
  }

  /**
   * Takes a place, waiting for it if need be.
   *
   * @param keyLimit places that the key may hold, as of now
   * @throws AskException 53300 if all places are taken, 53400 if those of the key are, 57014 if
   *     cancelled
   */
  Place enter(String key, int keyLimit, Duration wait, BooleanSupplier isCancelled) {
    lock.lock();
    try {
      Line line = lines.computeIfAbsent(key, Line::new);
      line.limit = keyLimit;
      Waiter waiter = new Waiter(lock.newCondition());
      line.waiters.add(waiter);
      waiting.add(line);
      grant();
      boolean mayWait = line.waiters.size() <= maxWaitingPerKey;
      if (!waiter.isGranted && !(mayWait && await(waiter, wait.toNanos(), isCancelled))) {
        AskException refusal = refusal(line, isCancelled);
        line.waiters.remove(waiter);
        forgetIfIdle(line);
        throw refusal;
      }
      return new Place(line);
    } finally {
      lock.unlock();
    }
  }

  private static boolean await(Waiter waiter, long waitNanos, BooleanSupplier isCancelled) {
    long leftNanos = waitNanos;
    try {
      while (!waiter.isGranted && leftNanos > 0 && !isCancelled.getAsBoolean()) {
        long slice = Math.min(leftNanos, LOOK_NANOS);
        leftNanos -= slice - waiter.granted.awaitNanos(slice);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return waiter.isGranted;
  }

  private AskException refusal(Line line, BooleanSupplier isCancelled) {
    if (isCancelled.getAsBoolean() || Thread.currentThread().isInterrupted()) {
      return new AskException(SqlState.QUERY_CANCELED, "cancelled while waiting for a place");
    }
    if (line.taken >= line.limit) {
      return new AskException(
              SqlState.LIMIT_EXCEEDED, "%s may run %d queries at once".formatted(what, line.limit))
          .withHint("wait for the others to end");
    }
    return new AskException(SqlState.TOO_MANY_CONNECTIONS, "too many queries run now")
        .withHint("try again later");
  }

  private void leave(Line line) {
    lock.lock();
    try {
      taken--;
      line.taken--;
      grant();
      forgetIfIdle(line);
    } finally {
      lock.unlock();
    }
  }

  /** Gives out all places that may be. */
  private void grant() {
    for (Line line = next(); line != null; line = next()) {
      Waiter waiter = line.waiters.remove();
      waiter.isGranted = true;
      waiter.granted.signal();
      line.taken++;
      taken++;
      waiting.remove(line);
      if (!line.waiters.isEmpty()) {
        waiting.add(line);
      }
    }
  }

  private Line next() {
    Line next = null;
    if (taken < places) {
      for (Line line : waiting) {
        if (line.taken < line.limit && (next == null || line.taken < next.taken)) {
          next = line;
        }
      }
    }
    return next;
  }

  private void forgetIfIdle(Line line) {
    if (line.waiters.isEmpty()) {
      waiting.remove(line);
      if (line.taken == 0) {
        lines.remove(line.key, line);
      }
    }
  }

  int taken() {
    lock.lock();
    try {
      return taken;
    } finally {
      lock.unlock();
    }
  }

  int waiting() {
    lock.lock();
    try {
      return waiting.stream().mapToInt(line -> line.waiters.size()).sum();
    } finally {
      lock.unlock();
    }
  }

  /** Keys that hold places or wait. */
  int keys() {
    lock.lock();
    try {
      return lines.size();
    } finally {
      lock.unlock();
    }
  }
}
