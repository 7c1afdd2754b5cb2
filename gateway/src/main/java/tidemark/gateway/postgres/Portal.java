package tidemark.gateway.postgres;

import java.util.Collections;
import java.util.List;
import tidemark.gateway.ask.Answer;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.Column;

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

  Prepared prepared() {
    return prepared;
  }

  Plan plan() {
    return prepared.plan();
  }

  List<Column> columns() {
    return run == null ? prepared.describe() : run.rows().columns();
  }

  /** The columns, for a client that asks for rows next: what only reads starts for them. */
  List<Column> describe() {
    if (!prepared.isEmpty() && prepared.plan().isReading()) {
      start();
    }
    return columns();
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
      try {
        run = prepared.plan().run(Collections.unmodifiableList(arguments));
      } catch (AskException e) {
        throw prepared.placed(e);
      }
      try {
        prepared.tell(run.rows().columns());
      } catch (AskException e) {
        finish();
        throw e;
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
