package tidemark.operators.store;

/**
 * Another run of the lineage commits from here on, or the branch was set back: whatever this run
 * still has would lose or double rows.
 */
final class SupersededException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  SupersededException(String message) {
    super(message);
  }
}
