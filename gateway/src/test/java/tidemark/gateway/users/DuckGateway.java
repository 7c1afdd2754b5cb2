package tidemark.gateway.users;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tidemark.gateway.ask.Answer;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.Column;
import tidemark.gateway.ask.Gateway;
import tidemark.gateway.ask.Origin;
import tidemark.gateway.ask.PreparedQuery;
import tidemark.gateway.ask.Provenance;
import tidemark.gateway.ask.ScramVerifier;
import tidemark.gateway.ask.Session;
import tidemark.gateway.ask.SqlState;
import tidemark.gateway.ask.ValueType;

/**
 * A gateway over an in-memory DuckDB, each session with its own: real queries, streamed, without
 * walls. {@code SET as_of = '...'} is kept and shown by {@code SHOW as_of}; some statements that no
 * engine should have fail in ways that tests want.
 *
 * <p>DuckDB's driver (1.5.6) ends a streamed result without an error where a query fails on the
 * way, so that {@code FAILS AFTER n: SELECT ...} fails here.
 */
public final class DuckGateway implements Gateway {
  public static final Provenance PROVENANCE =
      new Provenance(
          "job-7",
          42,
          Optional.of(Instant.parse("2026-03-01T12:00:00Z")),
          "heartbeat",
          true,
          1234,
          5,
          List.of("by-service/3", "by-region/1"));

  private static final Pattern SET = Pattern.compile("SET (\\w+) = '(.*)'");
  private static final Pattern FAILS_AFTER = Pattern.compile("FAILS AFTER (\\d+): (.*)");
  private static final Pattern FAIL = Pattern.compile("FAIL (\\w+)");

  private final Map<String, String> orgs;
  private final ScramVerifier verifier;
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicInteger runs = new AtomicInteger();
  private final AtomicInteger cancels = new AtomicInteger();

  /**
   * @param orgs by user
   */
  public DuckGateway(Map<String, String> orgs, String password) {
    this.orgs = Map.copyOf(orgs);
    verifier = ScramVerifier.ofPassword(password, new SecureRandom());
  }

  @Override
  public Optional<ScramVerifier> verifier(String user) {
    return Optional.ofNullable(orgs.get(user)).map(org -> verifier);
  }

  @Override
  public Session open(String user, Origin origin) {
    try {
      return new DuckSession(orgs.get(user));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  public int openSessions() {
    return open.get();
  }

  /** Queries that ran or run. */
  public int runs() {
    return runs.get();
  }

  public int cancels() {
    return cancels.get();
  }

  private final class DuckSession implements Session {
    private final String org;
    private final Connection connection;
    private volatile Statement running;
    private String asOf = "";
    private boolean isClosed;

    DuckSession(String org) throws SQLException {
      this.org = org;
      Properties properties = new Properties();
      properties.setProperty("jdbc_stream_results", "true");
      connection = DriverManager.getConnection("jdbc:duckdb:", properties);
      try (Statement statement = connection.createStatement()) {
        statement.execute("SET TimeZone = 'UTC'");
        statement.execute("SET threads = 1");
        statement.execute("SET memory_limit = '200MB'");
      }
      open.incrementAndGet();
    }

    @Override
    public String org() {
      return org;
    }

    @Override
    public PreparedQuery prepare(String sql) {
      Matcher fail = FAIL.matcher(sql);
      if (fail.matches()) {
        throw new AskException(SqlState.valueOf(fail.group(1)), "failed as asked")
            .at(6)
            .withHint("ask for something else");
      }
      if (sql.equals("CRASH")) {
        throw new IllegalStateException("secret of the inside");
      }
      Matcher set = SET.matcher(sql);
      if (set.matches()) {
        return set(set.group(1), set.group(2));
      }
      Matcher failsAfter = FAILS_AFTER.matcher(sql);
      boolean isToFail = failsAfter.matches();
      String runs = isToFail ? failsAfter.group(2) : sql;
      try {
        return new DuckQuery(
            this,
            connection.prepareStatement(runs.equals("SHOW as_of") ? showAsOf() : runs),
            isToFail ? Long.parseLong(failsAfter.group(1)) : Long.MAX_VALUE);
      } catch (SQLException e) {
        throw failure(e, SqlState.SYNTAX_ERROR);
      }
    }

    void begin(Statement statement) {
      running = statement;
      runs.incrementAndGet();
    }

    private String showAsOf() {
      return "SELECT '" + asOf.replace("'", "''") + "' AS as_of";
    }

    private PreparedQuery set(String name, String value) {
      if (!name.equals("as_of")) {
        throw new AskException(SqlState.UNDEFINED_OBJECT, "there is no setting " + name);
      }
      asOf = value.replace("''", "'");
      try {
        return new DuckQuery(
            this, connection.prepareStatement("SELECT 1 WHERE false"), Long.MAX_VALUE);
      } catch (SQLException e) {
        throw failure(e, SqlState.INTERNAL_ERROR);
      }
    }

    @Override
    public void cancel() {
      cancels.incrementAndGet();
      Statement statement = running;
      try {
        if (statement != null) {
          statement.cancel();
        }
      } catch (SQLException e) {
        throw failure(e, SqlState.INTERNAL_ERROR);
      }
    }

    @Override
    public void close() {
      if (!isClosed) {
        isClosed = true;
        open.decrementAndGet();
        try {
          connection.close();
        } catch (SQLException e) {
          throw failure(e, SqlState.INTERNAL_ERROR);
        }
      }
    }
  }

  private record DuckQuery(DuckSession session, PreparedStatement statement, long failsAfter)
      implements PreparedQuery {
    @Override
    public String tag() {
      return "SELECT";
    }

    @Override
    public List<ValueType> parameterTypes() {
      try {
        List<ValueType> types = new ArrayList<>();
        for (int i = 1; i <= statement.getParameterMetaData().getParameterCount(); i++) {
          types.add(type(statement.getParameterMetaData().getParameterTypeName(i)));
        }
        return types;
      } catch (SQLException e) {
        throw failure(e, SqlState.INTERNAL_ERROR);
      }
    }

    @Override
    public List<Column> columns() {
      try {
        return columns(statement.getMetaData());
      } catch (SQLException e) {
        throw failure(e, SqlState.INTERNAL_ERROR);
      }
    }

    private static List<Column> columns(ResultSetMetaData metaData) throws SQLException {
      List<Column> columns = new ArrayList<>();
      for (int i = 1; i <= metaData.getColumnCount(); i++) {
        columns.add(new Column(metaData.getColumnLabel(i), type(metaData.getColumnTypeName(i))));
      }
      return columns;
    }

    @Override
    public Answer run(List<Object> parameters) {
      try {
        for (int i = 0; i < parameters.size(); i++) {
          statement.setObject(i + 1, parameters.get(i));
        }
        session.begin(statement);
        ResultSet result = statement.executeQuery();
        // Only now are the types of columns known that parameters decide.
        return new DuckAnswer(session, columns(result.getMetaData()), result, failsAfter);
      } catch (SQLException e) {
        throw failure(e, SqlState.DATA_EXCEPTION);
      }
    }

    @Override
    public void close() {
      try {
        statement.close();
      } catch (SQLException e) {
        throw failure(e, SqlState.INTERNAL_ERROR);
      }
    }
  }

  private static final class DuckAnswer implements Answer {
    private final DuckSession session;
    private final List<Column> columns;
    private final ResultSet result;
    private long left;

    DuckAnswer(DuckSession session, List<Column> columns, ResultSet result, long failsAfter) {
      this.session = session;
      this.columns = columns;
      this.result = result;
      left = failsAfter;
    }

    @Override
    public List<Column> columns() {
      return columns;
    }

    @Override
    public boolean next() {
      if (left-- == 0) {
        throw new AskException(SqlState.DATA_EXCEPTION, "failed as asked");
      }
      try {
        return result.next();
      } catch (SQLException e) {
        throw failure(e, SqlState.DATA_EXCEPTION);
      }
    }

    @Override
    public Object value(int column) {
      try {
        return plain(result.getObject(column + 1), columns.get(column).type());
      } catch (SQLException e) {
        throw failure(e, SqlState.DATA_EXCEPTION);
      }
    }

    @Override
    public Provenance provenance() {
      return PROVENANCE;
    }

    @Override
    public void close() {
      session.running = null;
      try {
        result.close();
      } catch (SQLException e) {
        throw failure(e, SqlState.INTERNAL_ERROR);
      }
    }
  }

  private static AskException failure(SQLException failure, SqlState otherwise) {
    String message = String.valueOf(failure.getMessage());
    return new AskException(
        message.contains("INTERRUPT") ? SqlState.QUERY_CANCELED : otherwise, message, failure);
  }

  private static ValueType type(String name) {
    String upper = name.toUpperCase(Locale.ROOT);
    if (upper.startsWith("DECIMAL") || upper.equals("HUGEINT")) {
      return ValueType.NUMERIC;
    }
    return switch (upper) {
      case "BOOLEAN" -> ValueType.BOOL;
      case "SMALLINT" -> ValueType.INT2;
      case "INTEGER" -> ValueType.INT4;
      case "BIGINT" -> ValueType.INT8;
      case "FLOAT" -> ValueType.FLOAT4;
      case "DOUBLE" -> ValueType.FLOAT8;
      case "BLOB" -> ValueType.BYTEA;
      case "DATE" -> ValueType.DATE;
      case "TIME" -> ValueType.TIME;
      case "TIMESTAMP" -> ValueType.TIMESTAMP;
      case "TIMESTAMP WITH TIME ZONE" -> ValueType.TIMESTAMPTZ;
      case "UUID" -> ValueType.UUID;
      case "JSON" -> ValueType.JSONB;
      case "BIGINT[]" -> ValueType.INT8_ARRAY;
      case "DOUBLE[]" -> ValueType.FLOAT8_ARRAY;
      case "VARCHAR[]" -> ValueType.TEXT_ARRAY;
      default -> ValueType.TEXT;
    };
  }

  private static Object plain(Object value, ValueType type) throws SQLException {
    if (value == null) {
      return null;
    }
    return switch (type) {
      case NUMERIC ->
          value instanceof BigInteger whole ? new BigDecimal(whole) : (BigDecimal) value;
      case BYTEA -> {
        java.sql.Blob blob = (java.sql.Blob) value;
        yield blob.getBytes(1, (int) blob.length());
      }
      case DATE -> value instanceof LocalDate date ? date : ((java.sql.Date) value).toLocalDate();
      case TIME -> value instanceof LocalTime time ? time : ((java.sql.Time) value).toLocalTime();
      case TIMESTAMP ->
          value instanceof LocalDateTime time
              ? time
              : ((java.sql.Timestamp) value).toLocalDateTime();
      case TIMESTAMPTZ -> ((OffsetDateTime) value).withOffsetSameInstant(ZoneOffset.UTC);
      case TEXT, JSONB -> value.toString();
      case INT8_ARRAY, FLOAT8_ARRAY, TEXT_ARRAY -> {
        List<Object> list = new ArrayList<>();
        Collections.addAll(list, (Object[]) ((java.sql.Array) value).getArray());
        yield list;
      }
      default -> value;
    };
  }
}
