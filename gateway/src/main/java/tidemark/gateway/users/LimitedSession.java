package tidemark.gateway.users;

import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.Origin;
import tidemark.gateway.ask.PreparedQuery;
import tidemark.gateway.ask.Provenance;
import tidemark.gateway.ask.Session;
import tidemark.gateway.ask.SqlState;
import tidemark.gateway.ask.ValueType;

/** A session with its user's limits, as they are in the file now. */
final class LimitedSession implements Session {
  private static final int MAX_OPEN = 64;

  private final LimitedGateway gateway;
  private final EngineSession calls;
  private final Session session;
  private final String user;
  private final String org;
  private final Origin origin;

  private final Set<LimitedAnswer> open = new LinkedHashSet<>();

  /** Set by other threads; ends what runs or waits when it changes. */
  private volatile long cancels;

  LimitedSession(
      LimitedGateway gateway, EngineSession calls, Session session, String user, Origin origin) {
    this.gateway = gateway;
    this.calls = calls;
    this.session = session;
    this.user = user;
    this.org = session.org();
    this.origin = origin;
  }

  @Override
  public String org() {
    return org;
  }

  @Override
  public PreparedQuery prepare(String sql) {
    return look(sql, () -> describe(sql), LimitedQuery::closeInEngine);
  }

  /**
   * Asks the engine something about a statement; only a failure is recorded.
   *
   * @param discard of a result that came too late
   */
  <T> T look(String sql, Supplier<T> question, Consumer<T> discard) {
    gateway.checkOpen();
    User now = userNow();
    QueryRecord line = QueryRecord.begin(this, sql, 0);
    try {
      T found = calls.call(question, discard, now.limits().statementTimeout());
      line.drop();
      return found;
    } catch (RuntimeException | Error e) {
      AskException told = Failures.of(e);
      line.end(told.state().code(), 0, 0, Provenance.NONE);
      throw told;
    }
  }

  /**
   * On the engine's thread. The columns are not asked for: whoever runs a statement at once reads
   * them from the answer.
   */
  private LimitedQuery describe(String sql) {
    PreparedQuery query = session.prepare(sql);
    try {
      String tag = query.tag();
      List<ValueType> parameterTypes = List.copyOf(query.parameterTypes());
      return new LimitedQuery(this, query, sql, tag, parameterTypes);
    } catch (RuntimeException | Error e) {
      query.close();
      throw e;
    }
  }

  /** The user as the file has it now. */
  User userNow() {
    return gateway
        .users()
        .find(user)
        .filter(found -> found.org().equals(org))
        .orElseThrow(
            () ->
                new AskException(
                    SqlState.WRONG_USER, "the user was removed or has moved to another org"));
  }

  LimitedGateway gateway() {
    return gateway;
  }

  EngineSession calls() {
    return calls;
  }

  Origin origin() {
    return origin;
  }

  String user() {
    return user;
  }

  Instant now() {
    return gateway.clock().instant();
  }

  /** How often it was cancelled so far: a query that sees another number is to end. */
  long cancels() {
    return cancels;
  }

  /**
   * Several answers may be open at once: a client reads from one cursor while it begins another
   * statement.
   */
  void begin(LimitedAnswer answer) {
    if (open.size() >= MAX_OPEN) {
      answer.close();
      throw new AskException(
              SqlState.LIMIT_EXCEEDED, "a session may have %d open answers".formatted(MAX_OPEN))
          .withHint("close one");
    }
    open.add(answer);
  }

  void ended(LimitedAnswer answer) {
    open.remove(answer);
  }

  @Override
  public void cancel() {
    synchronized (this) {
      cancels++;
    }
    calls.cancelSoon();
  }

  @Override
  public void close() {
    List.copyOf(open).forEach(LimitedAnswer::close);
    calls.close();
    gateway.forget(this);
  }
}
