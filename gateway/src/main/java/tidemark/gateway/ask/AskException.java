package tidemark.gateway.ask;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * Why a statement got no answer, in words for the user who sent it: no path, no stack trace, no
 * name of another org.
 */
public final class AskException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final SqlState state;
  private final int position;
  private final String hint;

  public AskException(SqlState state, String message) {
    this(state, message, null);
  }

  public AskException(SqlState state, String message, Throwable cause) {
    this(state, message, 0, "", cause);
  }

  private AskException(SqlState state, String message, int position, String hint, Throwable cause) {
    super(message, cause);
    this.state = state;
    this.position = position;
    this.hint = hint;
  }

  /**
   * The same, with the place in the statement.
   *
   * @param position in characters, from 1
   */
  public AskException at(int position) {
    return new AskException(state, getMessage(), position, hint, getCause());
  }

  /** The same, with what to do. */
  public AskException withHint(String hint) {
    return new AskException(state, getMessage(), position, hint, getCause());
  }

  public SqlState state() {
    return state;
  }

  /** In characters of the statement, from 1. */
  public OptionalInt position() {
    return position == 0 ? OptionalInt.empty() : OptionalInt.of(position);
  }

  /** What to do. */
  public Optional<String> hint() {
    return hint.isEmpty() ? Optional.empty() : Optional.of(hint);
  }
}
