package tidemark.gateway.users;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
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

/**
 * An engine that does not answer: where its statement says (PREPARE, RUN, NEXT, CLOSE, CANCEL), it
 * waits until it is let go, deaf to interrupts. HEARS waits in run until it is cancelled. Anything
 * else has three rows.
 */
final class HangingGateway implements Gateway {
  private final String org;
  private final CountDownLatch letGo = new CountDownLatch(1);
  private final AtomicInteger inEngine = new AtomicInteger();
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicInteger cancels = new AtomicInteger();

  HangingGateway(String org) {
    this.org = org;
  }

  void letGo() {
    letGo.countDown();
  }

  /** Calls that hang now. */
  int hanging() {
    return inEngine.get();
  }

  int openSessions() {
    return open.get();
  }

  int cancels() {
    return cancels.get();
  }

  private void hangIf(boolean hangs) {
    if (hangs) {
      inEngine.incrementAndGet();
      boolean isOver = false;
      while (!isOver) {
        try {
          letGo.await();
          isOver = true;
        } catch (InterruptedException e) {
          // Deaf, as native code is.
        }
      }
      inEngine.decrementAndGet();
    }
  }

  @Override
  public Optional<ScramVerifier> verifier(String user) {
    return Optional.empty();
  }

  @Override
  public Session open(String user, Origin origin) {
    open.incrementAndGet();
    return new HangingSession();
  }

  private final class HangingSession implements Session {
    private final CountDownLatch heard = new CountDownLatch(1);
    private volatile String sql = "";

    @Override
    public String org() {
      return org;
    }

    @Override
    public PreparedQuery prepare(String sql) {
      this.sql = sql;
      hangIf(sql.equals("PREPARE"));
      return new HangingQuery(sql, heard);
    }

    @Override
    public void cancel() {
      cancels.incrementAndGet();
      hangIf(sql.equals("CANCEL"));
      heard.countDown();
    }

    @Override
    public void close() {
      open.decrementAndGet();
    }
  }

  private final class HangingQuery implements PreparedQuery {
    private final String sql;
    private final CountDownLatch heard;

    HangingQuery(String sql, CountDownLatch heard) {
      this.sql = sql;
      this.heard = heard;
    }

    @Override
    public String tag() {
      return "SELECT";
    }

    @Override
    public List<ValueType> parameterTypes() {
      return List.of();
    }

    @Override
    public List<Column> columns() {
      return List.of(new Column("n", ValueType.INT4));
    }

    @Override
    public Answer run(List<Object> parameters) {
      hangIf(sql.equals("RUN") || sql.equals("CANCEL"));
      if (sql.equals("HEARS")) {
        inEngine.incrementAndGet();
        try {
          heard.await();
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
        inEngine.decrementAndGet();
        throw new AskException(SqlState.QUERY_CANCELED, "heard it");
      }
      return new ThreeRows(sql);
    }

    @Override
    public void close() {
      hangIf(sql.equals("CLOSE"));
    }
  }

  private final class ThreeRows implements Answer {
    private final String sql;
    private int row;

    ThreeRows(String sql) {
      this.sql = sql;
    }

    @Override
    public List<Column> columns() {
      return List.of(new Column("n", ValueType.INT4));
    }

    @Override
    public boolean next() {
      row++;
      hangIf(sql.equals("NEXT") && row == 3);
      return row <= 3;
    }

    @Override
    public Object value(int column) {
      return row;
    }

    @Override
    public Provenance provenance() {
      return DuckGateway.PROVENANCE;
    }

    @Override
    public void close() {}
  }
}
