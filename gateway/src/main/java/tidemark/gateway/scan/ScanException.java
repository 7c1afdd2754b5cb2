package tidemark.gateway.scan;

import java.sql.SQLException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Why a scan ended before its rows were merged. The engine passes on its message only. */
public final class ScanException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private static final Logger LOG = LoggerFactory.getLogger(ScanException.class);

  private static final String MARK = "scan ended: ";

  /** What happened. */
  public enum Reason {
    CANCELLED("it was cancelled"),
    /** Rows and their series are committed one after the other: the engine can read the row. */
    UNKNOWN_SERIES("a stored row is of a series that is not known yet"),
    /** The engine may be able to read it, or says what is wrong. */
    UNREADABLE("a stored file could not be read");

    private final String text;

    Reason(String text) {
      this.text = text;
    }
  }

  ScanException(Reason reason) {
    super(MARK + reason.text);
  }

  ScanException(Reason reason, Throwable cause) {
    super(MARK + reason.text, cause);
  }

  /** Tells what could not be read. */
  void log() {
    if (getCause() != null) {
      LOG.warn("a scan could not read a file", this);
    }
  }

  /** The reason, if it was a scan that ended a statement of the engine. */
  public static Optional<Reason> reason(SQLException e) {
    String message = String.valueOf(e.getMessage());
    for (Reason reason : Reason.values()) {
      if (message.contains(MARK + reason.text)) {
        return Optional.of(reason);
      }
    }
    return Optional.empty();
  }
}
