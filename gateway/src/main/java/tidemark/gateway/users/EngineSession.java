package tidemark.gateway.users;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.Session;
import tidemark.gateway.ask.SqlState;

/**
 * One session of the engine, whose calls run on threads of their own, one at a time. A call that
 * does not end in its time is cancelled; one that does not end in a grace period after that is left
 * behind: the caller goes on with an error, the session answers nothing more, and is closed by the
 * thread that was left behind as soon as the engine lets it go. Until then it counts as open.
 *
 * <p>Used by the one thread that its session is used by; {@link #cancelSoon} by any. A call costs
 * two thread switches, some 30 microseconds.
 */
final class EngineSession {
  private static final Logger LOG = LoggerFactory.getLogger(EngineSession.class);
  private static final long AGAIN_MILLIS = 100;

  /** A call that is in the engine, or waits for another to leave it. */
  private static final class Run {
    private final CompletableFuture<Void> done = new CompletableFuture<>();
  }

  private final Session session;
  private final Executor threads;
  private final Duration grace;
  private final GatewayMetrics metrics;
  private final Runnable onClosed;

  /** Held by whoever is in the engine. */
  private final ReentrantLock engine = new ReentrantLock(true);

  private final Set<Run> running = ConcurrentHashMap.newKeySet();
  private volatile boolean isAbandoned;
  private CompletableFuture<?> cancelling = CompletableFuture.completedFuture(null);
  private boolean isClosed;
  private final AtomicBoolean isClosing = new AtomicBoolean();

  /**
   * @param onClosed runs once, when the engine's session is closed
   */
  EngineSession(
      Session session,
      Executor threads,
      Duration grace,
      GatewayMetrics metrics,
      Runnable onClosed) {
    this.session = session;
    this.threads = threads;
    this.grace = grace;
    this.metrics = metrics;
    this.onClosed = onClosed;
  }

  /** Whether a call was left behind; all that follow fail. */
  boolean isAbandoned() {
    return isAbandoned;
  }

  /**
   * Calls the engine.
   *
   * @param discard of a result that came too late
   * @throws AskException 57014 if it did not end in time, 57P01 if an earlier call never did
   */
  <T> T call(Supplier<T> body, Consumer<T> discard, Duration limit) {
    CompletableFuture<T> result = new CompletableFuture<>();
    CompletableFuture<Void> done =
        start(
            () -> {
              try {
                T value = body.get();
                if (!result.complete(value)) {
                  discard.accept(value);
                }
              } catch (RuntimeException | Error e) {
                result.completeExceptionally(e);
              }
            });
    try {
      return result.get(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw Failures.of(e.getCause());
    } catch (TimeoutException e) {
      AskException late = Failures.timeout(limit);
      if (!result.completeExceptionally(late) && !result.isCompletedExceptionally()) {
        discard.accept(result.join());
      }
      cancelAndAwait(done);
      throw late;
    } catch (InterruptedException e) {
      AskException ended = new AskException(SqlState.QUERY_CANCELED, "interrupted", e);
      if (!result.completeExceptionally(ended) && !result.isCompletedExceptionally()) {
        discard.accept(result.join());
      }
      cancelAndAwait(done);
      Thread.currentThread().interrupt();
      throw ended;
    }
  }

  /**
   * Starts a longer call, which the caller awaits by {@link #cancelAndAwait} or by other means.
   *
   * @return done when the thread has left the engine
   */
  CompletableFuture<Void> start(Runnable body) {
    if (isAbandoned) {
      throw new AskException(SqlState.SHUTTING_DOWN, "this session ended with a query that hung")
          .withHint("connect again");
    }
    // A cancel of the call before, still under way, must not strike this one.
    if (!await(cancelling(), grace)) {
      abandon(cancelling());
      throw new AskException(SqlState.SHUTTING_DOWN, "this session did not answer a cancel")
          .withHint("connect again");
    }
    Run run = new Run();
    running.add(run);
    try {
      threads.execute(() -> inEngine(body, run));
    } catch (RuntimeException | Error e) {
      ended(run);
      throw Failures.of(e);
    }
    return run.done;
  }

  private void inEngine(Runnable body, Run run) {
    engine.lock();
    try {
      body.run();
    } finally {
      engine.unlock();
      ended(run);
    }
  }

  private void ended(Run run) {
    running.remove(run);
    run.done.complete(null);
  }

  /** On an engine's thread: lets others into the engine while this one waits for something. */
  void outside(Runnable waiting) {
    engine.unlock();
    try {
      waiting.run();
    } finally {
      engine.lock();
    }
  }

  /** Cancels what runs, from a thread of its own: even a cancel may hang. */
  synchronized void cancelSoon() {
    List<Run> victims = List.copyOf(running);
    if (victims.isEmpty() || !cancelling.isDone()) {
      return;
    }
    CompletableFuture<Void> ended = new CompletableFuture<>();
    cancelling = ended;
    threads.execute(
        () -> {
          try {
            if (!victims.stream().allMatch(run -> run.done.isDone())) {
              session.cancel();
            }
          } catch (RuntimeException e) {
            LOG.warn("a query could not be cancelled", e);
          } finally {
            ended.complete(null);
          }
        });
  }

  private synchronized CompletableFuture<?> cancelling() {
    return cancelling;
  }

  /** Waits for the end of a call for the grace period, cancelling it; then leaves it behind. */
  void cancelAndAwait(CompletableFuture<?> done) {
    long end = System.nanoTime() + grace.toNanos();
    while (!done.isDone() && System.nanoTime() - end < 0) {
      // Again and again: the first may have come before the engine had begun.
      cancelSoon();
      await(done, Duration.ofMillis(Math.min(AGAIN_MILLIS, grace.toMillis() / 2 + 1)));
    }
    if (!done.isDone()) {
      abandon(done);
    }
  }

  /** Not interruptible: it is short, and what follows must know that the engine is left. */
  static boolean await(CompletableFuture<?> done, Duration limit) {
    long end = System.nanoTime() + limit.toNanos();
    boolean isInterrupted = false;
    try {
      while (!done.isDone()) {
        try {
          done.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          isInterrupted = true;
        } catch (TimeoutException e) {
          return done.isDone();
        } catch (ExecutionException e) {
          return true;
        }
      }
      return true;
    } finally {
      if (isInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void abandon(CompletableFuture<?> done) {
    isAbandoned = true;
    metrics.abandoned();
    LOG.error("the engine did not answer for {} after a cancel: its thread is left behind", grace);
    var unused =
        done.whenComplete(
            (nothing, failure) -> {
              metrics.abandonedReturned();
              LOG.warn("a thread that was left behind has returned");
              if (running.isEmpty()) {
                closeSession();
              }
            });
  }

  private void closeSession() {
    if (!isClosing.compareAndSet(false, true)) {
      return;
    }
    try {
      session.close();
    } catch (RuntimeException e) {
      LOG.warn("a session could not be closed", e);
    } finally {
      onClosed.run();
    }
  }

  /** Idempotent; what runs must have ended. */
  void close() {
    if (isClosed || isAbandoned) {
      return;
    }
    isClosed = true;
    CompletableFuture<Void> done = new CompletableFuture<>();
    threads.execute(
        () -> {
          closeSession();
          done.complete(null);
        });
    if (!await(done, grace)) {
      LOG.error("a session did not close in {}: its thread is left behind", grace);
      metrics.abandoned();
      var unused = done.thenRun(metrics::abandonedReturned);
    }
  }
}
