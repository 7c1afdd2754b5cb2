package tidemark.gateway.postgres;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.SqlState;

/**
 * The transaction block as the client believes in it. Nothing is written here, so that a block has
 * no effect on data: it keeps cursors open, and after an error it refuses all but its end.
 */
final class Transaction {
  /** Savepoints of one block; a loop that never releases them ends here. */
  private static final int MAX_SAVEPOINTS = 10_000;

  enum Status {
    IDLE('I'),
    OPEN('T'),
    FAILED('E');

    private final char code;

    Status(char code) {
      this.code = code;
    }

    /** As ReadyForQuery says it. */
    char code() {
      return code;
    }
  }

  private record Savepoint(String name, Set<String> portals) {}

  private final Deque<Savepoint> savepoints = new ArrayDeque<>();
  private Status status = Status.IDLE;

  Status status() {
    return status;
  }

  boolean isIdle() {
    return status == Status.IDLE;
  }

  void begin() {
    if (isIdle()) {
      status = Status.OPEN;
    }
  }

  void end() {
    status = Status.IDLE;
    savepoints.clear();
  }

  /** After an error: a block fails, anything else is over. */
  void fail() {
    if (!isIdle()) {
      status = Status.FAILED;
    }
  }

  /**
   * @param portals that are open now
   */
  void savepoint(String name, Set<String> portals) {
    needBlock("SAVEPOINT");
    if (savepoints.size() >= MAX_SAVEPOINTS) {
      throw new AskException(
          SqlState.LIMIT_EXCEEDED,
          "a transaction may have %d savepoints".formatted(MAX_SAVEPOINTS));
    }
    savepoints.push(new Savepoint(name, portals));
  }

  void release(String name) {
    needBlock("RELEASE SAVEPOINT");
    needSavepoint(name);
    while (!savepoints.pop().name().equals(name)) {
      // Savepoints inside go with it.
    }
  }

  /**
   * Goes back to a savepoint, which stays.
   *
   * @return the portals that were open at it
   */
  Set<String> rollbackTo(String name) {
    needBlock("ROLLBACK TO SAVEPOINT");
    needSavepoint(name);
    while (!savepoints.peek().name().equals(name)) {
      savepoints.pop();
    }
    status = Status.OPEN;
    return savepoints.peek().portals();
  }

  private void needBlock(String what) {
    if (isIdle()) {
      throw new AskException(
          SqlState.INVALID_TRANSACTION_STATE, what + " can only be used in transaction blocks");
    }
  }

  private void needSavepoint(String name) {
    if (savepoints.stream().noneMatch(savepoint -> savepoint.name().equals(name))) {
      throw new AskException(
          SqlState.INVALID_TRANSACTION_STATE, "savepoint \"%s\" does not exist".formatted(name));
    }
  }
}
