package tidemark.gateway.users;

import java.time.Instant;
import java.util.Optional;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.Provenance;
import tidemark.gateway.ask.SqlState;

/** One query's line in the audit log, whose place is taken before the query starts. */
final class QueryRecord {
  private final LimitedSession session;
  private final String sql;
  private final int parameters;
  private final AuditLog.Place place;
  private final Instant start;
  private final long startNanos = System.nanoTime();

  private QueryRecord(LimitedSession session, String sql, int parameters, AuditLog.Place place) {
    this.session = session;
    this.sql = sql;
    this.parameters = parameters;
    this.place = place;
    start = session.now();
  }

  /**
   * @throws AskException 57P03 if the log has no place in time: what cannot be recorded does not
   *     run
   */
  static QueryRecord begin(LimitedSession session, String sql, int parameters) {
    try {
      Optional<AuditLog.Place> place =
          session.gateway().auditLog().reserve(session.gateway().config().queueWait());
      return new QueryRecord(
          session,
          sql,
          parameters,
          place.orElseThrow(
              () ->
                  new AskException(
                      SqlState.NOT_READY,
                      "the gateway cannot write its audit log and runs nothing meanwhile")));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AskException(SqlState.QUERY_CANCELED, "interrupted", e);
    }
  }

  void end(String state, long rows, long bytes, Provenance provenance) {
    AuditLine line =
        new AuditLine(
            start,
            session.user(),
            session.org(),
            session.origin(),
            sql,
            parameters,
            state,
            rows,
            bytes,
            (System.nanoTime() - startNanos) / 1_000_000,
            provenance.checkpoint(),
            provenance.hotRows());
    place.write(line);
    session.gateway().metrics().ended(line);
  }

  /** Nothing ran. */
  void drop() {
    place.giveBack();
  }
}
