package tidemark.serde.wire;

/**
 * Bytes are not the protobuf message that they should be.
 *
 * <p>Checked, so that the compiler proves that no decoder lets it out; without a stack trace, so
 * that a flood of garbage costs no more to read than good records do.
 */
final class MalformedMessageException extends Exception {
  private static final long serialVersionUID = 1;

  MalformedMessageException() {
    super("bytes are not the protobuf message they should be", null, false, false);
  }
}
