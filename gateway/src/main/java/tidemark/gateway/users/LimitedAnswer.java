package tidemark.gateway.users;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tidemark.gateway.ask.Answer;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.Column;
import tidemark.gateway.ask.Provenance;
import tidemark.gateway.ask.SqlState;

/**
 * Rows that another thread reads from the engine. Waiting for them ends with 57014 when the
 * statement's time is up, whether the engine then answers or not.
 */
final class LimitedAnswer implements Answer {
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final RowPump.Head NO_HEAD = new RowPump.Head(List.of(), Provenance.NONE);
  private static final Duration QUICK_END = Duration.ofMillis(20);

  private final LimitedSession session;
  private final RowPump pump;
  private final CompletableFuture<Void> done;
  private final QueryRecord line;
  private final Duration statementTimeout;
  private final long cancelsBefore;
  private final Future<?> end;

  private RowPump.Head head = NO_HEAD;
  private RowBatch batch = RowBatch.first();
  private int index = -1;
  private long waitedNanos;
  private long rows;
  private long bytes;
  private boolean isOver;
  private String state = AuditLine.DONE;
  private boolean isClosed;
  private volatile boolean isExpired;

  LimitedAnswer(
      LimitedSession session,
      RowPump pump,
      CompletableFuture<Void> done,
      QueryRecord line,
      Duration statementTimeout,
      long cancelsBefore) {
    this.session = session;
    this.pump = pump;
    this.done = done;
    this.line = line;
    this.statementTimeout = statementTimeout;
    this.cancelsBefore = cancelsBefore;
    end =
        session
            .gateway()
            .timers()
            .schedule(
                this::expire,
                session.gateway().config().answerTimeout().toMillis(),
                TimeUnit.MILLISECONDS);
  }

  /** On a timer's thread: nobody may be waiting for rows now. */
  private void expire() {
    isExpired = true;
    pump.stop();
    session.calls().cancelSoon();
  }

  /** Waits until the query has begun to answer; closes this and throws if it does not. */
  void awaitHead() {
    try {
      head = await(LimitedAnswer::headOrNull);
    } catch (AskException e) {
      close();
      throw e;
    }
  }

  private static RowPump.Head headOrNull(RowPump pump, long nanos)
      throws InterruptedException, ExecutionException {
    try {
      return pump.head().get(nanos, TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return null;
    }
  }

  /** Something that the pump gives, or null after a while. */
  private interface Take<T> {
    T orNull(RowPump pump, long nanos) throws InterruptedException, ExecutionException;
  }

  private <T> T await(Take<T> take) {
    try {
      T taken = take.orNull(pump, 0);
      // Looked at behind each taking: what was taken may follow rows that an end has thrown away.
      while (taken == null || isCancelled() || isExpired) {
        if (isCancelled()) {
          throw new AskException(SqlState.QUERY_CANCELED, "the statement was cancelled on request");
        }
        if (isExpired) {
          throw Failures.timeout(session.gateway().config().answerTimeout());
        }
        long leftNanos = statementTimeout.toNanos() - waitedNanos;
        if (leftNanos <= 0) {
          throw Failures.timeout(statementTimeout);
        }
        long before = System.nanoTime();
        taken = take.orNull(pump, Math.min(leftNanos, LOOK_NANOS));
        waitedNanos += System.nanoTime() - before;
      }
      return taken;
    } catch (ExecutionException e) {
      throw fail(Failures.of(e.getCause()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw fail(new AskException(SqlState.QUERY_CANCELED, "interrupted", e));
    } catch (AskException e) {
      throw fail(e);
    }
  }

  private boolean isCancelled() {
    return session.cancels() != cancelsBefore;
  }

  private AskException fail(AskException failure) {
    isOver = true;
    state = failure.state().code();
    return failure;
  }

  @Override
  public List<Column> columns() {
    return head.columns();
  }

  @Override
  public boolean next() {
    if (isOver) {
      return false;
    }
    if (isClosed) {
      throw new AskException(SqlState.INVALID_CURSOR_STATE, "the answer is closed");
    }
    index++;
    while (index == batch.count()) {
      if (batch.isLast()) {
        isOver = true;
        if (batch.failure() != null) {
          throw fail(batch.failure());
        }
        return false;
      }
      batch = await(RowPump::poll);
      bytes += batch.bytes();
      index = 0;
    }
    rows++;
    return true;
  }

  @Override
  public Object value(int column) {
    return batch.row(index)[column];
  }

  @Override
  public Provenance provenance() {
    return head.provenance();
  }

  /** Returns when the engine has let go of the query, or was given up. */
  @Override
  public void close() {
    if (isClosed) {
      return;
    }
    isClosed = true;
    session.ended(this);
    end.cancel(false);
    pump.stop();
    if (!EngineSession.await(done, QUICK_END)) {
      session.calls().cancelAndAwait(done);
    }
    if (state.equals(AuditLine.DONE) && !isOver && (isCancelled() || isExpired)) {
      state = SqlState.QUERY_CANCELED.code();
    }
    line.end(state, rows, bytes, head.provenance());
  }
}
