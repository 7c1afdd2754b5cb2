package tidemark.gateway.postgres;

/** The other connections of a server, as far as one may reach them. Thread-safe. */
interface Peers {
  /**
   * Cancels what a connection runs, if a user has it.
   *
   * @return whether there is such a connection
   */
  boolean cancel(int processId, String user);

  /** Cancels what a connection runs, for one who knows its secret. */
  void cancel(int processId, int secret);
}
