package tidemark.gateway.server;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.Gateway;
import tidemark.gateway.ask.Origin;
import tidemark.gateway.ask.ScramVerifier;
import tidemark.gateway.ask.Session;
import tidemark.gateway.ask.SqlState;
import tidemark.gateway.dictionary.Dictionary;
import tidemark.gateway.dictionary.DictionaryColumn;
import tidemark.gateway.dictionary.DictionaryRelation;
import tidemark.gateway.dictionary.DictionarySchema;
import tidemark.gateway.query.QueryGateway;
import tidemark.gateway.query.QuerySession;
import tidemark.gateway.query.Relations;
import tidemark.gateway.users.User;
import tidemark.gateway.users.UserLimits;
import tidemark.gateway.users.Users;

/** Sessions with data and a dictionary, for the users of a file. Thread-safe. */
final class EngineGateway implements Gateway, AutoCloseable {
  static final String DATABASE = "tidemark";

  private final QueryGateway queries;
  private final Users users;
  private final Dictionary dictionary;
  private final AtomicInteger sessions = new AtomicInteger();

  EngineGateway(QueryGateway queries, Users users) {
    this.queries = queries;
    this.users = users;
    dictionary = Dictionary.of(schema());
  }

  private static DictionarySchema schema() {
    List<DictionaryRelation> relations =
        Relations.ALL.stream()
            .map(
                relation ->
                    new DictionaryRelation(
                        relation.name(),
                        relation.columns().stream()
                            .map(column -> new DictionaryColumn(column.name(), column.type(), ""))
                            .toList(),
                        relation.description()))
            .toList();
    return new DictionarySchema(DATABASE, relations, GatewayFunctions.ALL);
  }

  @Override
  public Optional<ScramVerifier> verifier(String user) {
    return users.find(user).map(User::verifier);
  }

  @Override
  public Session open(String user, Origin origin) {
    User known =
        users
            .find(user)
            .orElseThrow(() -> new AskException(SqlState.WRONG_USER, "there is no such user"));
    QuerySession session = queries.open(known.org(), () -> memoryShare(user));
    session.preset("application_name", origin.application());
    return new RoutedSession(
        session, dictionary.open(user, sessions.incrementAndGet(), session::allSettings));
  }

  private double memoryShare(String user) {
    return users.find(user).map(User::limits).orElse(UserLimits.DEFAULT).memoryShare();
  }

  @Override
  public void close() {
    dictionary.close();
  }
}
