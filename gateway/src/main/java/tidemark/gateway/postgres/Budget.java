package tidemark.gateway.postgres;

import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.SqlState;

/** Bytes that the statements and portals of one connection may hold together. */
final class Budget {
  private final long maxBytes;
  private long heldBytes;

  Budget(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /**
   * @throws AskException if that is more than is left
   */
  void take(long bytes) {
    if (bytes > maxBytes - heldBytes) {
      throw new AskException(
              SqlState.LIMIT_EXCEEDED,
              "statements and portals of a connection may hold %d bytes".formatted(maxBytes))
          .withHint("Close those that are not needed any more.");
    }
    heldBytes += bytes;
  }

  void give(long bytes) {
    heldBytes -= bytes;
  }
}
