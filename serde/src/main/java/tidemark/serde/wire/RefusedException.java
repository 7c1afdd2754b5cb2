package tidemark.serde.wire;

import tidemark.state.Refusal;

/**
 * Ends the reading of one series or point with the reason why it is not taken.
 *
 * <p>Checked, so that the compiler proves that it never leaves the package; without a stack trace.
 */
final class RefusedException extends Exception {
  private static final long serialVersionUID = 1;

  private final Refusal reason;

  RefusedException(Refusal reason) {
    super(reason.label(), null, false, false);
    this.reason = reason;
  }

  Refusal reason() {
    return reason;
  }
}
