package tidemark.gateway.users;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tidemark.gateway.ask.Answer;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.Column;
import tidemark.gateway.ask.PreparedQuery;
import tidemark.gateway.ask.Provenance;
import tidemark.gateway.ask.ValueType;

/** A checked statement, which runs when its user and its org have a place. */
final class LimitedQuery implements PreparedQuery {
  private static final Logger LOG = LoggerFactory.getLogger(LimitedQuery.class);

  private final LimitedSession session;
  private final PreparedQuery query;
  private final String sql;
  private final String tag;
  private final List<ValueType> parameterTypes;
  private List<Column> columns; // null until somebody asks
  private boolean isClosed;

  LimitedQuery(
      LimitedSession session,
      PreparedQuery query,
      String sql,
      String tag,
      List<ValueType> parameterTypes) {
    this.session = session;
    this.query = query;
    this.sql = sql;
    this.tag = tag;
    this.parameterTypes = parameterTypes;
  }

  @Override
  public String tag() {
    return tag;
  }

  @Override
  public List<ValueType> parameterTypes() {
    return parameterTypes;
  }

  @Override
  public List<Column> columns() {
    if (columns == null) {
      columns = session.look(sql, () -> List.copyOf(query.columns()), late -> {});
    }
    return columns;
  }

  @Override
  public Answer run(List<Object> parameters) {
    session.gateway().checkOpen();
    User user = session.userNow();
    QueryRecord line = QueryRecord.begin(session, sql, parameters.size());
    long cancelsBefore = session.cancels();
    try {
      QueryPlace place = QueryPlace.enter(session, user, cancelsBefore);
      LimitedAnswer answer = start(user, parameters, line, cancelsBefore, place);
      session.begin(answer);
      answer.awaitHead();
      return answer;
    } catch (NotStarted e) {
      line.end(e.reason().state().code(), 0, 0, Provenance.NONE);
      throw e.reason();
    }
  }

  /** A query that got no further than to here; one that started writes its line itself. */
  static final class NotStarted extends Exception {
    private static final long serialVersionUID = 1L;

    NotStarted(AskException reason) {
      super(reason);
    }

    AskException reason() {
      return (AskException) getCause();
    }
  }

  private LimitedAnswer start(
      User user, List<Object> parameters, QueryRecord line, long cancels, QueryPlace place)
      throws NotStarted {
    RowPump pump = new RowPump(session.calls(), query, parameters, user.limits().maxRows());
    CompletableFuture<Void> done;
    try {
      done = session.calls().start(pump);
    } catch (AskException e) {
      place.close();
      throw new NotStarted(e);
    }
    // A query that hangs keeps its place: it holds memory and a processor.
    var unused = done.thenRun(place::close);
    return new LimitedAnswer(session, pump, done, line, user.limits().statementTimeout(), cancels);
  }

  /** On the engine's thread. */
  void closeInEngine() {
    query.close();
  }

  @Override
  public void close() {
    if (!isClosed && !session.calls().isAbandoned()) {
      isClosed = true;
      closeInTime();
    }
  }

  private void closeInTime() {
    try {
      session
          .calls()
          .call(
              () -> {
                query.close();
                return this;
              },
              late -> {},
              session.gateway().config().grace());
    } catch (AskException e) {
      LOG.warn("a statement could not be closed: {}", e.getMessage());
    }
  }
}
