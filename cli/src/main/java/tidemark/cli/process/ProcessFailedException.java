package tidemark.cli.process;

/**
 * Something that a person has to know about: a process that ended, did not come up in time or
 * answered with an error. The message stands for itself and is shown without a stack trace.
 */
public final class ProcessFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ProcessFailedException(String message) {
    super(message);
  }

  public ProcessFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}
