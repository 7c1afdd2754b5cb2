package tidemark.gateway.ask;

/**
 * One login. One statement at a time, from one thread; only {@link #cancel} may come from another.
 * Settings ({@code SET as_of = ...}) last as long as the session.
 */
public interface Session extends AutoCloseable {
  /** The org whose data every statement of this session sees. */
  String org();

  /**
   * Parses and checks one statement, without running it.
   *
   * @param sql with parameters {@code $1}, {@code $2}, ... if any
   * @throws AskException if it may not run: of all reasons, the first
   */
  PreparedQuery prepare(String sql);

  /** Ends what runs now, if anything does, with {@link SqlState#QUERY_CANCELED}. */
  void cancel();

  /** Idempotent; ends what runs. */
  @Override
  void close();
}
