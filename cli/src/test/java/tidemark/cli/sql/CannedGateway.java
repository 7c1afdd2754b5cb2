package tidemark.cli.sql;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tidemark.gateway.ask.Answer;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.Column;
import tidemark.gateway.ask.Gateway;
import tidemark.gateway.ask.Origin;
import tidemark.gateway.ask.PreparedQuery;
import tidemark.gateway.ask.Provenance;
import tidemark.gateway.ask.ScramVerifier;
import tidemark.gateway.ask.Session;
import tidemark.gateway.ask.ValueType;

/** Rows from memory behind the real protocol; one user. Remembers what it was asked. */
final class CannedGateway implements Gateway {
  static final String USER = "tidemark";
  static final String PASSWORD = "secret";

  final List<String> asked = new ArrayList<>();
  private final ScramVerifier verifier = ScramVerifier.ofPassword(PASSWORD, new SecureRandom());
  private final List<Column> columns;
  private final List<Object[]> rows;
  private final Provenance provenance;
  private final Optional<AskException> failure;
  private final int failsAt;

  /**
   * @param failsAt rows before the failure; -1 if the statement is refused at once
   */
  CannedGateway(
      List<Column> columns,
      List<Object[]> rows,
      Provenance provenance,
      Optional<AskException> failure,
      int failsAt) {
    this.columns = columns;
    this.rows = rows;
    this.provenance = provenance;
    this.failure = failure;
    this.failsAt = failsAt;
  }

  @Override
  public Optional<ScramVerifier> verifier(String user) {
    return user.equals(USER) ? Optional.of(verifier) : Optional.empty();
  }

  @Override
  public Session open(String user, Origin origin) {
    return new CannedSession();
  }

  private final class CannedSession implements Session {
    @Override
    public String org() {
      return "demo";
    }

    @Override
    public PreparedQuery prepare(String sql) {
      asked.add(sql);
      if (failure.isPresent() && failsAt < 0) {
        throw failure.get();
      }
      return new CannedQuery(sql.startsWith("SET "));
    }

    @Override
    public void cancel() {
      // nothing runs on
    }

    @Override
    public void close() {
      // nothing is held
    }
  }

  private final class CannedQuery implements PreparedQuery {
    private final boolean isSetting;

    CannedQuery(boolean isSetting) {
      this.isSetting = isSetting;
    }

    @Override
    public String tag() {
      return isSetting ? "SET" : "SELECT";
    }

    @Override
    public List<ValueType> parameterTypes() {
      return List.of();
    }

    @Override
    public List<Column> columns() {
      return isSetting ? List.of() : columns;
    }

    @Override
    public Answer run(List<Object> parameters) {
      return new CannedAnswer(isSetting);
    }

    @Override
    public void close() {
      // nothing is held
    }
  }

  private final class CannedAnswer implements Answer {
    private final boolean isSetting;
    private int at = -1;

    CannedAnswer(boolean isSetting) {
      this.isSetting = isSetting;
    }

    @Override
    public List<Column> columns() {
      return isSetting ? List.of() : columns;
    }

    @Override
    public boolean next() {
      at++;
      if (!isSetting && failure.isPresent() && at >= failsAt) {
        throw failure.get();
      }
      return !isSetting && at < rows.size();
    }

    @Override
    public Object value(int column) {
      return rows.get(at)[column];
    }

    @Override
    public Provenance provenance() {
      return isSetting ? Provenance.NONE : provenance;
    }

    @Override
    public void close() {
      // nothing is held
    }
  }
}
