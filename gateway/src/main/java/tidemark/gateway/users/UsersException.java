package tidemark.gateway.users;

/** The file of users is not usable; the message tells the operator why, and no secret. */
public final class UsersException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UsersException(String message) {
    super(message);
  }

  UsersException(String message, Throwable cause) {
    super(message, cause);
  }
}
