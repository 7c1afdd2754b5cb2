package tidemark.gateway.query;

import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Function;
import org.duckdb.DuckDBConnection;
import tidemark.gateway.StoredFile;
import tidemark.gateway.plan.Planner;

/**
 * A connection of a session with views of its own, which one statement at a time has for itself: an
 * answer that is not read to its end does not stand in the way of the next.
 */
final class Lane implements AutoCloseable {
  private final DuckDBConnection connection;
  private final Planner planner;
  private PreparedStatement running;
  private HeldRows held;
  private boolean isCancelled;

  Lane(Engine engine, Function<List<StoredFile>, List<Path>> fetch) throws SQLException {
    connection = engine.connect();
    planner =
        new Planner(
            connection, connection, engine.aggregates(), fetch, engine.scans(), this::isCancelled);
  }

  DuckDBConnection connection() {
    return connection;
  }

  Planner planner() {
    return planner;
  }

  /** The rows that the running statement has made, until {@link #end}. */
  synchronized HeldRows hold() throws SQLException {
    held = HeldRows.of(connection);
    return held;
  }

  /** From here on until {@link #end}, {@link #cancel} ends this. */
  synchronized void begin(PreparedStatement statement) {
    running = statement;
    isCancelled = false;
  }

  synchronized void end() throws SQLException {
    if (held != null) {
      held.drop();
      held = null;
    }
    if (running != null) {
      running.close();
      running = null;
    }
    planner.release();
  }

  /** From any thread. */
  synchronized void cancel() throws SQLException {
    isCancelled = true;
    if (running != null) {
      running.cancel();
    }
  }

  synchronized boolean isCancelled() {
    return isCancelled;
  }

  @Override
  public synchronized void close() throws SQLException {
    end();
    connection.close();
  }
}
