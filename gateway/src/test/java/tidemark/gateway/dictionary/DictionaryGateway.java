package tidemark.gateway.dictionary;

import java.security.SecureRandom;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
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

/** A gateway that has a dictionary and no data, for real clients over a real protocol. */
final class DictionaryGateway implements Gateway, AutoCloseable {
  static final String USER = "ann";
  static final String PASSWORD = "horse battery";

  private final Dictionary dictionary = Dictionary.of(SampleSchema.schema());
  private final ScramVerifier verifier =
      ScramVerifier.ofPassword(PASSWORD, new SecureRandom(new byte[] {1}));
  private final AtomicInteger sessions = new AtomicInteger();

  @Override
  public Optional<ScramVerifier> verifier(String user) {
    return user.equals(USER) ? Optional.of(verifier) : Optional.empty();
  }

  @Override
  public Session open(String user, Origin origin) {
    Map<String, String> settings = new ConcurrentHashMap<>();
    settings.put("application_name", origin.application());
    DictionarySession session = dictionary.open(user, sessions.incrementAndGet(), () -> settings);
    return new Session() {
      @Override
      public String org() {
        return "sample";
      }

      @Override
      public PreparedQuery prepare(String sql) {
        if (sql.toLowerCase(Locale.ROOT).startsWith("set ")) {
          return new SetQuery(sql, settings);
        }
        if (!session.concerns(sql)) {
          throw new AskException(SqlState.UNDEFINED_TABLE, "this gateway has no data: " + sql);
        }
        return session.prepare(sql);
      }

      @Override
      public void cancel() {
        session.cancel();
      }

      @Override
      public void close() {
        session.close();
      }
    };
  }

  @Override
  public void close() {
    dictionary.close();
  }

  /** {@code SET name = value}. */
  private record SetQuery(String sql, Map<String, String> settings) implements PreparedQuery {
    @Override
    public String tag() {
      return "SET";
    }

    @Override
    public List<ValueType> parameterTypes() {
      return List.of();
    }

    @Override
    public List<Column> columns() {
      return List.of();
    }

    @Override
    public Answer run(List<Object> parameters) {
      String[] parts = sql.substring(4).split("=|\\s[tT][oO]\\s", 2);
      settings.put(parts[0].strip().toLowerCase(Locale.ROOT), parts[1].strip().replace("'", ""));
      return new Nothing();
    }

    @Override
    public void close() {}
  }

  /** No rows. */
  private static final class Nothing implements Answer {
    @Override
    public List<Column> columns() {
      return List.of();
    }

    @Override
    public boolean next() {
      return false;
    }

    @Override
    public Object value(int column) {
      throw new IllegalStateException("there is no row");
    }

    @Override
    public Provenance provenance() {
      return Provenance.NONE;
    }

    @Override
    public void close() {}
  }
}
