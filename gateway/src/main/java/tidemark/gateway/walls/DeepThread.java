package tidemark.gateway.walls;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.SqlState;

/**
 * A thread with a stack for all that DuckDB's parser lets pass, and for the walk over its tree.
 * Tasks of all callers run one after the other; handing one over costs some 20 us. Thread-safe.
 */
final class DeepThread implements AutoCloseable {
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread made =
                new Thread(null, task, "walls-parser", WallLimits.PARSER_STACK_BYTES, false);
            made.setDaemon(true);
            return made;
          });

  /**
   * Runs a task to its end.
   *
   * @throws AskException of the task, or if the caller is interrupted while it waits
   */
  CheckedStatement call(Callable<CheckedStatement> task) {
    try {
      return thread.submit(task).get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof AskException refusal) {
        throw refusal;
      }
      throw new AskException(
          SqlState.INTERNAL_ERROR, "the statement could not be checked", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AskException(SqlState.QUERY_CANCELED, "the statement was cancelled", e);
    }
  }

  @Override
  public void close() {
    thread.shutdown();
  }
}
