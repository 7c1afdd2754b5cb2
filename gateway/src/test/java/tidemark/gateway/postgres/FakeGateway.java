package tidemark.gateway.postgres;

import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.duckdb.DuckDBConnection;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.Gateway;
import tidemark.gateway.ask.Origin;
import tidemark.gateway.ask.PreparedQuery;
import tidemark.gateway.ask.ScramVerifier;
import tidemark.gateway.ask.Session;
import tidemark.gateway.ask.SqlState;

/**
 * A gateway for the tests of its protocol: sessions answer from an empty DuckDB in memory, so that
 * types, parameters, streaming and cancelling are real. Knows the users {@link #USER} and {@link
 * #OTHER}. {@code select internal_error()} throws what no user may see.
 */
final class FakeGateway implements Gateway, AutoCloseable {
  static final String USER = "ada";
  static final String OTHER = "bob";
  static final String PASSWORD = "correct horse ä";
  static final String SECRET = "/etc/secret/path";

  private static final Pattern SET =
      Pattern.compile("(?is)set\\s+(?:session\\s+)?([a-z_.]+)\\s*(?:=|\\bto\\b)\\s*(.*)");
  private static final Pattern SHOW = Pattern.compile("(?i)show\\s+(.+)");
  private static final Set<String> SETTINGS =
      Set.of("application_name", "extra_float_digits", "as_of", "search_path");

  private final Map<String, ScramVerifier> verifiers =
      Map.of(
          USER, ScramVerifier.ofPassword(PASSWORD, new SecureRandom()),
          OTHER, ScramVerifier.ofPassword("b", new SecureRandom()));
  private final AtomicInteger sessions = new AtomicInteger();
  private final AtomicInteger answers = new AtomicInteger();
  private final AtomicInteger cancels = new AtomicInteger();
  private final AtomicInteger running = new AtomicInteger();
  private final DuckDBConnection root;

  FakeGateway() {
    try {
      Properties properties = new Properties();
      properties.setProperty("jdbc_stream_results", "true");
      root = DriverManager.getConnection("jdbc:duckdb:", properties).unwrap(DuckDBConnection.class);
      try (Statement statement = root.createStatement()) {
        statement.execute("SET GLOBAL TimeZone = 'UTC'");
        statement.execute("SET threads = 1");
      }
    } catch (SQLException e) {
      throw new IllegalStateException("DuckDB does not start", e);
    }
  }

  /** Sessions that are open. */
  int sessions() {
    return sessions.get();
  }

  /** Answers that are open. */
  int answers() {
    return answers.get();
  }

  /** Statements that the engine works on now. */
  int running() {
    return running.get();
  }

  /** How often anything was cancelled. */
  int cancels() {
    return cancels.get();
  }

  @Override
  public Optional<ScramVerifier> verifier(String user) {
    return Optional.ofNullable(verifiers.get(user));
  }

  @Override
  public Session open(String user, Origin origin) {
    sessions.incrementAndGet();
    return new FakeSession(origin);
  }

  @Override
  public void close() {
    try {
      root.close();
    } catch (SQLException e) {
      throw new IllegalStateException("DuckDB does not close", e);
    }
  }

  static AskException failure(SQLException e) {
    String message = String.valueOf(e.getMessage());
    if (message.contains("INTERRUPT")) {
      return new AskException(
          SqlState.QUERY_CANCELED, "canceling statement due to user request", e);
    }
    SqlState state =
        message.startsWith("Catalog Error")
            ? SqlState.UNDEFINED_TABLE
            : message.startsWith("Parser Error") ? SqlState.SYNTAX_ERROR : SqlState.DATA_EXCEPTION;
    AskException failure = new AskException(state, message.lines().findFirst().orElse(""), e);
    Matcher place = Pattern.compile("LINE 1: .*\\n( *)\\^").matcher(message);
    return place.find()
        ? failure.at(place.group(1).length() - "LINE 1: ".length() + 1).withHint("look there")
        : failure;
  }

  /** One session, with the running statements that a cancel reaches. */
  final class FakeSession implements Session {
    private final Map<String, String> settings = new TreeMap<>();
    private final Set<Statement> statements = ConcurrentHashMap.newKeySet();
    private boolean isClosed;

    FakeSession(Origin origin) {
      settings.put("application_name", origin.application());
      settings.put("transaction isolation level", "read committed");
    }

    @Override
    public String org() {
      return "acme";
    }

    @Override
    public PreparedQuery prepare(String sql) {
      if (sql.contains("internal_error()")) {
        throw new IllegalStateException("cannot read " + SECRET);
      }
      Matcher set = SET.matcher(sql);
      if (set.matches()) {
        return set(set.group(1).toLowerCase(Locale.ROOT), set.group(2));
      }
      Matcher show = SHOW.matcher(sql);
      if (show.matches()) {
        String value = settings.get(show.group(1).toLowerCase(Locale.ROOT));
        if (value == null) {
          throw new AskException(SqlState.UNDEFINED_OBJECT, "unrecognized configuration parameter");
        }
        return FakeQuery.of(this, connect(), "SHOW", "select '" + value + "' as value");
      }
      String first = sql.strip().split("\\W", 2)[0].toUpperCase(Locale.ROOT);
      if (!List.of("SELECT", "WITH", "VALUES", "FROM").contains(first)) {
        throw new AskException(SqlState.READ_ONLY, "cannot execute " + first);
      }
      return FakeQuery.of(this, connect(), "SELECT", sql);
    }

    private PreparedQuery set(String name, String value) {
      if (!SETTINGS.contains(name)) {
        throw new AskException(
            SqlState.UNDEFINED_OBJECT,
            "unrecognized configuration parameter \"%s\"".formatted(name));
      }
      return new FakeQuery.Effect("SET", () -> settings.put(name, value.replace("'", "")));
    }

    private Connection connect() {
      try {
        return root.duplicate();
      } catch (SQLException e) {
        throw new IllegalStateException("DuckDB does not connect", e);
      }
    }

    void begin(Statement statement) {
      running.incrementAndGet();
      statements.add(statement);
    }

    void end(Statement statement) {
      statements.remove(statement);
      running.decrementAndGet();
    }

    AtomicInteger openAnswers() {
      return answers;
    }

    @Override
    public void cancel() {
      cancels.incrementAndGet();
      for (Statement statement : statements) {
        try {
          statement.cancel();
        } catch (SQLException e) {
          throw new IllegalStateException("DuckDB does not cancel", e);
        }
      }
    }

    @Override
    public void close() {
      cancel();
      if (!isClosed) {
        isClosed = true;
        sessions.decrementAndGet();
      }
    }
  }
}
