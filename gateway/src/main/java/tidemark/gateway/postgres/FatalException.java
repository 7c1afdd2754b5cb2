package tidemark.gateway.postgres;

import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.SqlState;

/** An error after which the connection ends; the client is told its cause. */
final class FatalException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final AskException error;

  FatalException(AskException error) {
    super(error.getMessage(), error);
    this.error = error;
  }

  FatalException(SqlState state, String message) {
    this(new AskException(state, message));
  }

  AskException error() {
    return error;
  }
}
