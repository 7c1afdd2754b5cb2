package tidemark.gateway.users;

import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import tidemark.gateway.ask.Answer;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.Column;
import tidemark.gateway.ask.PreparedQuery;
import tidemark.gateway.ask.Provenance;
import tidemark.gateway.ask.SqlState;

/**
 * Runs a query and reads its rows on the engine's thread, two batches ahead of whoever takes them;
 * a reader that does not come lets the engine rest.
 */
final class RowPump implements Runnable {
  private static final int BATCHES_AHEAD = 2;
  private static final long LOOK_MILLIS = 100;

  /** What is known before the first row. */
  record Head(List<Column> columns, Provenance provenance) {}

  private final EngineSession calls;
  private final PreparedQuery query;
  private final List<Object> parameters;
  private final long maxRows;
  private final CompletableFuture<Head> head = new CompletableFuture<>();
  private final BlockingQueue<RowBatch> batches = new ArrayBlockingQueue<>(BATCHES_AHEAD);
  private volatile boolean isStopped;

  RowPump(EngineSession calls, PreparedQuery query, List<Object> parameters, long maxRows) {
    this.calls = calls;
    this.query = query;
    this.parameters = parameters;
    this.maxRows = maxRows;
  }

  CompletableFuture<Head> head() {
    return head;
  }

  /** The next batch, or null if there was none in time. */
  RowBatch poll(long waitNanos) throws InterruptedException {
    return batches.poll(waitNanos, TimeUnit.NANOSECONDS);
  }

  /** Throws rows away: whoever takes more has a part of the answer. */
  void stop() {
    isStopped = true;
    batches.clear();
  }

  @Override
  public void run() {
    RowBatch batch = RowBatch.first();
    AskException failure = null;
    try (Answer answer = query.run(parameters)) {
      List<Column> columns = List.copyOf(answer.columns());
      head.complete(new Head(columns, answer.provenance()));
      long rows = 0;
      while (!isStopped && answer.next()) {
        if (++rows > maxRows) {
          throw tooManyRows();
        }
        batch.add(row(answer, columns.size()));
        if (batch.isFull()) {
          put(batch);
          batch = batch.following();
        }
      }
    } catch (RuntimeException | Error e) {
      failure = Failures.of(e);
    }
    if (isStopped) {
      // Without an end: rows are missing before it.
      head.completeExceptionally(
          new AskException(SqlState.QUERY_CANCELED, "the statement was ended"));
    } else if (failure == null) {
      batch.end();
      put(batch);
    } else if (!head.completeExceptionally(failure)) {
      batch.end(failure);
      put(batch);
    }
  }

  private static Object[] row(Answer answer, int width) {
    Object[] row = new Object[width];
    for (int column = 0; column < width; column++) {
      row[column] = answer.value(column);
    }
    return row;
  }

  private AskException tooManyRows() {
    return new AskException(
            SqlState.LIMIT_EXCEEDED, "an answer may have %d rows".formatted(maxRows))
        .withHint("add a LIMIT or a GROUP BY");
  }

  private void put(RowBatch batch) {
    if (!batches.offer(batch)) {
      calls.outside(() -> awaitRoom(batch));
    }
  }

  private void awaitRoom(RowBatch batch) {
    try {
      while (!isStopped && !batches.offer(batch, LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
        // The reader is slower; it stops this when it goes.
      }
    } catch (InterruptedException e) {
      isStopped = true;
      Thread.currentThread().interrupt();
    }
  }
}
