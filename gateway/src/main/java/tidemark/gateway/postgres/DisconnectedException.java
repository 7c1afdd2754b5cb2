package tidemark.gateway.postgres;

/** The client is gone, or about to be: nothing can be sent to it any more. */
final class DisconnectedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  DisconnectedException(String message, Throwable cause) {
    super(message, cause);
  }
}
