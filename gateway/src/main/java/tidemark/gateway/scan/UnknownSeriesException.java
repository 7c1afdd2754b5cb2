package tidemark.gateway.scan;

import java.sql.SQLException;

/**
 * A stored row is of a series that is not known yet, so that it belongs to no group: rows and their
 * series are committed one after the other. The engine can still read it.
 */
public final class UnknownSeriesException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private static final String MESSAGE = "a stored row is of a series that is not known yet";

  UnknownSeriesException() {
    super(MESSAGE);
  }

  /** Whether it is what ended a statement of the engine, which passes on messages only. */
  public static boolean ended(SQLException e) {
    return String.valueOf(e.getMessage()).contains(MESSAGE);
  }
}
