package tidemark.gateway.users;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.SqlState;

/** What an engine may throw, as what a user may see. */
final class Failures {
  private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

  private Failures() {}

  /** The same if it is meant for users; anything else is logged and told as an internal error. */
  static AskException of(Throwable failure) {
    if (failure instanceof AskException told) {
      return told;
    }
    if (failure instanceof OutOfMemoryError) {
      LOG.error("out of memory in a query", failure);
      return new AskException(
          SqlState.OUT_OF_MEMORY, "the gateway is out of memory for this", failure);
    }
    LOG.error("a query failed in a way that is not meant for users", failure);
    return new AskException(SqlState.INTERNAL_ERROR, "internal error", failure);
  }

  static AskException timeout(Duration limit) {
    return new AskException(
            SqlState.QUERY_CANCELED,
            "the statement did not end in %d ms".formatted(limit.toMillis()))
        .withHint("ask for a shorter time range, fewer series or a coarser step");
  }
}
