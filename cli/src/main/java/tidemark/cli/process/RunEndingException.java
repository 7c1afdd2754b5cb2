package tidemark.cli.process;

/**
 * Ends an operation because another thread is ending the whole run: there is nothing to tell and
 * nothing to clean up, that thread does both.
 */
public final class RunEndingException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public RunEndingException() {
    super("the run is being ended");
  }
}
