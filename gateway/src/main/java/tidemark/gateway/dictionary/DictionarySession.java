package tidemark.gateway.dictionary;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.PreparedQuery;
import tidemark.gateway.ask.SqlState;
import tidemark.gateway.ask.ValueType;

/**
 * One login's view of a {@link Dictionary}. One statement at a time, from one thread; only {@link
 * #cancel} may come from another. Statements take some milliseconds.
 */
public final class DictionarySession implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DictionarySession.class);

  /** First words of what a dictionary may answer. */
  private static final Set<String> QUERIES = Set.of("select", "with", "values", "table", "(");

  private final Dictionary dictionary;
  private final Connection connection;
  private final StatementTree trees;
  private final Supplier<Map<String, String>> settings;
  private final String user;
  private Map<String, String> applied = Map.of();
  private int settingsVersion;
  private volatile Statement running;

  DictionarySession(
      Dictionary dictionary,
      Connection connection,
      String user,
      int process,
      Supplier<Map<String, String>> settings)
      throws SQLException {
    this.dictionary = dictionary;
    this.connection = connection;
    this.settings = settings;
    this.user = user;
    trees = new StatementTree(connection);
    Dictionary.execute(connection, "SET VARIABLE user = " + literal(user));
    Dictionary.execute(connection, "SET VARIABLE process = " + process);
    setSettings(Map.of("session_authorization", user));
  }

  /**
   * Whether the statement is for the dictionary: SHOW of a setting, or a query that reads relations
   * of the dictionary, or none and calls only functions that it knows. A statement that reads the
   * dictionary and data is for it as well, to be refused by {@link #prepare}.
   */
  public boolean concerns(String sql) {
    List<Token> tokens;
    try {
      tokens = Lexer.tokens(sql);
    } catch (AskException e) {
      return false;
    }
    if (tokens.isEmpty()) {
      return false;
    }
    if (tokens.get(0).is("show")) {
      return ShowStatement.of(tokens)
          .filter(show -> show.isAll() || canonical(show).isPresent())
          .isPresent();
    }
    boolean mentionsDictionary = tokens.stream().anyMatch(DictionarySession::isOfDictionary);
    boolean mentionsData =
        tokens.stream().anyMatch(t -> t.isName() && dictionary.relations().contains(t.name()));
    if (!QUERIES.contains(tokens.get(0).text()) || (mentionsData && !mentionsDictionary)) {
      return false;
    }
    return concerns(tokens, mentionsDictionary);
  }

  private boolean concerns(List<Token> tokens, boolean mentionsDictionary) {
    TreeFacts facts;
    try {
      facts = new TreeFacts(trees.parse(Dialect.rewrite(tokens)), dictionary.database());
    } catch (AskException e) {
      return mentionsDictionary;
    }
    if (facts.readsDictionary()) {
      return true;
    }
    return facts.otherRelations().isEmpty()
        && facts.functions().stream()
            .allMatch(
                name ->
                    AllowedFunctions.isAllowed(name)
                        || name.equals("set_config")
                        || name.startsWith("pg_"));
  }

  private static boolean isOfDictionary(Token token) {
    return token.isName()
        && (token.name().startsWith("pg_") || token.name().equals("information_schema"));
  }

  /**
   * Checks one statement that {@link #concerns} the dictionary.
   *
   * @param sql with parameters {@code $1}, {@code $2}, ... if any
   * @throws AskException if it may not run
   */
  public PreparedQuery prepare(String sql) {
    if (sql.indexOf('\0') >= 0) {
      throw new AskException(SqlState.SYNTAX_ERROR, "a statement must not contain NUL");
    }
    List<Token> tokens = Lexer.tokens(sql);
    Optional<ShowStatement> show = ShowStatement.of(tokens);
    if (show.isPresent()) {
      return prepareShow(show.get());
    }
    JsonNode tree = trees.parse(Dialect.rewrite(tokens));
    TreeFacts facts = new TreeFacts(tree, dictionary.database());
    check(facts);
    List<ValueType> parameters = ParameterTypes.of(tree, facts);
    ColumnNames.give(tree);
    ResultTypes types = ResultTypes.of(tree, facts);
    new TreeRewriter(facts, parameters).rewrite(tree);
    String rewritten = trees.print(tree);
    LOG.debug("rewrote {} to {}", sql, rewritten);
    return new DictionaryQuery(this, "SELECT", rewritten, parameters, types);
  }

  private static void check(TreeFacts facts) {
    if (facts.readsDictionary() && !facts.otherRelations().isEmpty()) {
      throw new AskException(
              SqlState.FEATURE_NOT_SUPPORTED,
              "a statement cannot read the dictionary (%s) and data (%s) together"
                  .formatted(
                      String.join(", ", facts.relations().keySet()),
                      String.join(", ", facts.otherRelations())))
          .withHint("ask twice");
    }
    for (Set<String> missing : List.of(facts.unknownRelations(), facts.otherRelations())) {
      if (!missing.isEmpty()) {
        throw new AskException(
            SqlState.UNDEFINED_TABLE,
            "relation \"" + missing.iterator().next() + "\" does not exist");
      }
    }
    for (String name : facts.ctes()) {
      // Outside of its scope such a name would be one of the engine's own catalog.
      if (!name.matches("[a-z_][a-z0-9_]*") || name.startsWith("pg_") || name.contains("duckdb")) {
        throw new AskException(
            SqlState.NOT_ALLOWED, "a CTE over the dictionary cannot be named \"" + name + "\"");
      }
    }
  }

  private PreparedQuery prepareShow(ShowStatement show) {
    if (show.isAll()) {
      String sql =
          "SELECT name, setting, short_desc AS description FROM dictionary.pg_settings"
              + " ORDER BY lower(name)";
      return new DictionaryQuery(this, "SHOW", sql, List.of(), ResultTypes.PLAIN);
    }
    String name =
        canonical(show)
            .orElseThrow(
                () ->
                    new AskException(
                        SqlState.UNDEFINED_OBJECT,
                        "unrecognized configuration parameter \"" + show.name() + "\""));
    String sql =
        "SELECT pg.current_setting(%s) AS \"%s\""
            .formatted(literal(name), name.replace("\"", "\"\""));
    return new DictionaryQuery(this, "SHOW", sql, List.of(), ResultTypes.PLAIN);
  }

  /** How the setting is written, if there is one. */
  private Optional<String> canonical(ShowStatement show) {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT name FROM dictionary.settings WHERE lower(name) = ?")) {
      statement.setString(1, show.name());
      try (ResultSet rows = statement.executeQuery()) {
        if (rows.next()) {
          return Optional.of(rows.getString(1));
        }
      }
    } catch (SQLException e) {
      throw Errors.of(e);
    }
    return settings.get().containsKey(show.name()) ? Optional.of(show.name()) : Optional.empty();
  }

  Connection connection() {
    return connection;
  }

  /** Tells the engine what the session has set since; a number that grows when it has. */
  int applySettings() {
    Map<String, String> current = settings.get();
    if (!current.equals(applied)) {
      try {
        setSettings(current);
      } catch (SQLException e) {
        throw Errors.of(e);
      }
      applied = Map.copyOf(current);
      settingsVersion++;
    }
    return settingsVersion;
  }

  private void setSettings(Map<String, String> values) throws SQLException {
    Map<String, String> all = new TreeMap<>(values);
    all.putIfAbsent("session_authorization", user);
    String entries =
        all.entrySet().stream()
            .map(entry -> literal(entry.getKey()) + ": " + literal(entry.getValue()))
            .collect(Collectors.joining(", ", "MAP {", "}"));
    Dictionary.execute(connection, "SET VARIABLE settings = " + entries);
  }

  private static String literal(String text) {
    return "'" + text.replace("'", "''") + "'";
  }

  void running(Statement statement) {
    running = statement;
  }

  /** Ends what runs now, if anything does, with {@link SqlState#QUERY_CANCELED}. */
  public void cancel() {
    Statement statement = running;
    if (statement != null) {
      try {
        statement.cancel();
      } catch (SQLException e) {
        LOG.debug("nothing to cancel in the dictionary", e);
      }
    }
  }

  @Override
  public void close() {
    try {
      trees.close();
      connection.close();
    } catch (SQLException e) {
      throw new IllegalStateException("a session of the dictionary did not close", e);
    }
  }
}
