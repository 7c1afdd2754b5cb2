package tidemark.gateway.postgres;

import java.util.Collections;
import java.util.List;
import tidemark.gateway.ask.Answer;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.Column;
import tidemark.gateway.ask.SqlState;

/**
 * A statement with its arguments, running or about to; cursors are portals, too. Holds at most one
 * answer open, until its last row was read.
 */
final class Portal {
  /** How long it lives. */
  enum Life {
    TRANSACTION,
    SESSION
  }

  private final Prepared prepared;
  private final List<Object> arguments;
  private final long bytes;
  private final int[] formats;
  private final Life life;
  private Plan.Run run;
  private boolean isDone;

  /**
   * @param bytes of the arguments, held until it is closed
   * @param formats of columns as the client gave them: none, one for all, or one each
   */
  Portal(Prepared prepared, List<Object> arguments, long bytes, int[] formats, Life life) {
    this.prepared = prepared;
    this.arguments = arguments;
    this.bytes = bytes;
    this.formats = formats;
    this.life = life;
    prepared.budget().take(bytes);
    prepared.retain();
  }

  boolean isEmpty() {
    return prepared.isEmpty();
  }

  Plan plan() {
    return prepared.plan();
  }

  List<Column> columns() {
    return prepared.isEmpty() ? List.of() : prepared.plan().columns();
  }

  int[] formats() {
    return formats;
  }

  Life life() {
    return life;
  }

  /** Starts it unless it has started. */
  Plan.Run start() {
    if (run == null) {
      run = prepared.plan().run(Collections.unmodifiableList(arguments));
      // The client was told the columns before; values of others would not be what it reads.
      if (!columns().isEmpty() && !columns().equals(run.rows().columns())) {
        finish();
        throw new AskException(
                SqlState.FEATURE_NOT_SUPPORTED, "cached plan must not change result type")
            .withHint("Prepare the statement again.");
      }
    }
    return run;
  }

  /** Whether its last row was read before. */
  boolean isDone() {
    return isDone;
  }

  /** Goes to the next row; behind the last one the answer is closed. */
  boolean next() {
    if (isDone) {
      return false;
    }
    if (start().rows().next()) {
      return true;
    }
    finish();
    return false;
  }

  /** The answer whose row {@link #next} went to. */
  Answer rows() {
    return start().rows();
  }

  /** Lets go of the answer; there are no more rows. */
  void finish() {
    if (!isDone) {
      isDone = true;
      if (run != null) {
        run.rows().close();
      }
    }
  }

  void close() {
    finish();
    prepared.budget().give(bytes);
    prepared.release();
  }
}
