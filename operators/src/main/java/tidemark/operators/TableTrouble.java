package tidemark.operators;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import org.apache.avro.AvroRuntimeException;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.exceptions.RESTException;
import org.apache.iceberg.exceptions.RuntimeIOException;
import org.apache.iceberg.jdbc.UncheckedSQLException;
import org.apache.iceberg.util.Tasks;
import org.apache.parquet.ParquetRuntimeException;

/**
 * The object store or the catalog did not do what was asked, more than once: the work at hand is
 * given up, and is planned again later.
 *
 * <p>Carries the last failure as its cause. Everything that is not trouble of this kind is a fault
 * of ours and passes through {@link #retry} unchanged.
 */
public final class TableTrouble extends Exception {
  private static final long serialVersionUID = 1L;
  private static final int RETRIES = 4;
  private static final long MIN_WAIT_MS = 200;
  private static final long MAX_WAIT_MS = 10_000;
  private static final long TOTAL_MS = 120_000;

  private TableTrouble(Exception cause) {
    super(cause.toString(), cause);
  }

  /**
   * Work on files or the catalog.
   *
   * @param <T> what it comes to
   */
  public interface Work<T> {
    T run() throws IOException;
  }

  /**
   * Does the work, up to five times with growing pauses (200 ms to 10 s, two minutes in all).
   *
   * @throws TableTrouble if the last attempt failed for a reason that may pass
   */
  public static <T> T retry(Work<T> work) throws TableTrouble {
    Object[] result = new Object[1];
    try {
      Tasks.foreach(result)
          .retry(RETRIES)
          .exponentialBackoff(MIN_WAIT_MS, MAX_WAIT_MS, TOTAL_MS, 2.0)
          .shouldRetryTest(TableTrouble::mayPass)
          .throwFailureWhenFinished()
          .run(slot -> result[0] = work.run(), IOException.class);
    } catch (IOException | RuntimeException e) {
      throw passOn(e);
    }
    @SuppressWarnings("unchecked") // the work's own result
    T done = (T) result[0];
    return done;
  }

  /**
   * Does the work once.
   *
   * @throws TableTrouble if it failed for a reason that may pass
   */
  public static <T> T once(Work<T> work) throws TableTrouble {
    try {
      return work.run();
    } catch (IOException | RuntimeException e) {
      throw passOn(e);
    }
  }

  private static TableTrouble passOn(Exception failure) {
    if (failure instanceof RuntimeException unchecked && !isTrouble(failure)) {
      throw unchecked;
    }
    return new TableTrouble(failure);
  }

  private static boolean mayPass(Exception failure) {
    // a file that is gone was folded or expired by someone else: it will not come back
    return isTrouble(failure) && !(failure instanceof NotFoundException);
  }

  /** Whether it is the object store or the catalog that failed, so that it may pass. */
  public static boolean isTrouble(Exception failure) {
    if (Thread.currentThread().isInterrupted() || failure instanceof InterruptedIOException) {
      return false; // the task is being cancelled
    }
    return failure instanceof IOException
        || failure instanceof UncheckedIOException
        || failure instanceof RuntimeIOException
        || failure instanceof NotFoundException
        || failure instanceof UncheckedSQLException
        || failure instanceof RESTException
        || failure instanceof CommitFailedException
        || failure instanceof CommitStateUnknownException
        // a body that was cut short surfaces as bytes that make no sense
        || failure instanceof ParquetRuntimeException
        || failure instanceof AvroRuntimeException;
  }
}
