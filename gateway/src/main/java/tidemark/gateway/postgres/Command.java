package tidemark.gateway.postgres;

import java.util.List;

/**
 * A statement as the protocol sees it. All but {@link Query} and {@link SetParameter} are answered
 * here and never reach the session.
 */
sealed interface Command {
  /** For the session. */
  record Query(String sql) implements Command {}

  /** For the session, too; afterwards the client is told the new value. */
  record SetParameter(String sql, String name, String value) implements Command {}

  record ClientEncoding(String encoding) implements Command {}

  /** Something that does nothing here but that tools send. */
  record NoOperation(String tag) implements Command {}

  record Begin(String tag) implements Command {}

  record Commit() implements Command {}

  record Rollback() implements Command {}

  record Savepoint(String name) implements Command {}

  record Release(String name) implements Command {}

  record RollbackTo(String name) implements Command {}

  /** How long a cursor lives. */
  enum Hold {
    TRANSACTION,
    SESSION
  }

  /**
   * @param offset of the query in the statement, in code points
   */
  record Declare(String name, Hold hold, String sql, int offset) implements Command {}

  /**
   * @param count of rows; {@link #ALL} for what is left
   */
  record Fetch(String cursor, long count) implements Command {
    static final long ALL = Long.MAX_VALUE;
  }

  record Move(String cursor, long count) implements Command {}

  record CloseCursor(String name) implements Command {}

  record CloseAllCursors() implements Command {}

  /**
   * @param types as the statement names them; empty if it names none
   * @param offset of the query in the statement, in code points
   */
  record Prepare(String name, List<String> types, String sql, int offset) implements Command {
    public Prepare {
      types = List.copyOf(types);
    }
  }

  /**
   * @param arguments as text; null where the argument is
   */
  record Execute(String name, List<String> arguments) implements Command {}

  record Deallocate(String name) implements Command {}

  record DeallocateAll() implements Command {}

  record DiscardAll() implements Command {}

  /** {@code SELECT pg_backend_pid()}. */
  record BackendId() implements Command {}

  /** {@code SELECT pg_cancel_backend(...)}. */
  record CancelBackend(int processId) implements Command {}
}
