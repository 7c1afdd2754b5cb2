package tidemark.gateway.users;

import java.time.Instant;
import tidemark.gateway.ask.Origin;

/**
 * What one query was and came to.
 *
 * @param time at which it began
 * @param state five characters; {@link #DONE} if it did not fail
 * @param rows handed to the client
 * @param bytes of the values of these rows: numbers by their width, texts by characters
 * @param millis from its start to the end of reading its answer
 * @param epoch that stored rows came from; 0 if none
 * @param hotRows among those it could see
 */
record AuditLine(
    Instant time,
    String user,
    String org,
    Origin origin,
    String sql,
    int parameters,
    String state,
    long rows,
    long bytes,
    long millis,
    long epoch,
    long hotRows) {

  /** PostgreSQL's successful_completion. */
  static final String DONE = "00000";
}
