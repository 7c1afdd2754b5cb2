package tidemark.gateway.query;

import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tidemark.gateway.GatewayException;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.Column;
import tidemark.gateway.ask.PreparedQuery;
import tidemark.gateway.ask.Session;
import tidemark.gateway.ask.SqlState;
import tidemark.gateway.ask.ValueType;
import tidemark.gateway.hot.HotRows;
import tidemark.gateway.plan.Planner;
import tidemark.gateway.rules.KnownRules;
import tidemark.gateway.walls.CheckedStatement;

/** A session of one org over the logical tables. See {@link Session} for threads. */
public final class QuerySession implements Session {
  private static final Logger LOG = LoggerFactory.getLogger(QuerySession.class);
  private static final int KEPT_LANES = 2;

  private final QueryGateway gateway;
  private final String org;
  private final DoubleSupplier memoryShare;
  private final Settings settings = new Settings();
  private final Deque<Lane> free = new ArrayDeque<>();
  private final List<Lane> taken = new ArrayList<>();
  private volatile boolean isCancelled;
  private boolean isClosed;

  /**
   * @param memoryShare of the engine's memory for the org's open answers, as of now
   */
  QuerySession(QueryGateway gateway, String org, DoubleSupplier memoryShare) {
    this.gateway = gateway;
    this.org = org;
    this.memoryShare = memoryShare;
  }

  @Override
  public String org() {
    return org;
  }

  QueryGateway gateway() {
    return gateway;
  }

  Settings settings() {
    return settings;
  }

  @Override
  public PreparedQuery prepare(String sql) {
    CheckedStatement checked = gateway.check(sql);
    return switch (checked.kind()) {
      case QUERY, DESCRIBE, SUMMARIZE -> new DataQuery(this, checked);
      case EXPLAIN, EXPLAIN_ANALYZE -> new ExplainQuery(this, checked);
      case SHOW_TABLES ->
          new FixedQuery(
              "SHOW",
              List.of(
                  new Column("name", ValueType.TEXT), new Column("description", ValueType.TEXT)),
              () ->
                  Relations.ALL.stream()
                      .map(relation -> new Object[] {relation.name(), relation.description()})
                      .toList());
      case SHOW_ALL ->
          new FixedQuery(
              "SHOW",
              List.of(new Column("name", ValueType.TEXT), new Column("setting", ValueType.TEXT)),
              () ->
                  settings.all().entrySet().stream()
                      .map(entry -> new Object[] {entry.getKey(), entry.getValue()})
                      .toList());
      case SHOW_SETTING -> {
        String name = checked.settingName();
        settings.show(name);
        yield new FixedQuery(
            "SHOW",
            List.of(new Column(name, ValueType.TEXT)),
            () -> List.<Object[]>of(new Object[] {settings.show(name)}));
      }
      case SET -> new FixedQuery("SET", () -> set(checked));
      case RESET -> new FixedQuery("RESET", () -> settings.reset(checked.settingName()));
    };
  }

  private void set(CheckedStatement checked) {
    settings.set(checked.settingName(), checked.settingValue());
    if (checked.settingName().equals(Settings.AS_OF)) {
      try {
        pin().close(); // a version that is not kept is told now, and not with the next statement
      } catch (AskException e) {
        settings.reset(Settings.AS_OF);
        throw e;
      }
    }
  }

  /** The version that the session's statements are to read. */
  Pins.Pin pin() {
    OptionalLong checkpoint = settings.asOfCheckpoint();
    Optional<Instant> time = settings.asOfTime();
    if (checkpoint.isEmpty() && time.isEmpty()) {
      Pins.Pin pin = gateway.pins().pin(org);
      if (pin.version().rollupsSnapshot() < 0) {
        pin.close();
        throw new AskException(
            SqlState.NOT_READY,
            "nothing is stored yet: the first rows appear with the job's first checkpoint");
      }
      return pin;
    }
    try {
      return gateway
          .pins()
          .pin(
              org,
              checkpoint.isPresent()
                  ? gateway.asOfCheckpoint(org, checkpoint.getAsLong())
                  : gateway.asOf(org, time.get()));
    } catch (GatewayException e) {
      throw new AskException(SqlState.INVALID_PARAMETER_VALUE, e.getMessage(), e);
    }
  }

  Planner.Context context(Pins.Pin pin) {
    return new Planner.Context(
        org,
        pin.version(),
        pin.hot(),
        pin.closedToMs(),
        gateway.series().tagKeys(org),
        settings.resolution(),
        settings.hasRuleSeries() ? gateway.rules().of(org) : KnownRules.NONE,
        gateway.proofs(),
        gateway.series().hasCoarser(org) ? Planner.Coarser.SOME : Planner.Coarser.NONE,
        Planner.Reading.MERGED);
  }

  HotRows.Counts counts(Pins.Pin pin) {
    return gateway.counts(pin, org);
  }

  /**
   * Counts the memory of an answer.
   *
   * @throws AskException 53200 if the org's open answers would hold too much
   */
  HeldMemory.Held hold(long bytes) {
    return gateway.heldMemory().hold(org, bytes, memoryShare.getAsDouble());
  }

  /** Waits until windows that end at that time are complete; cancel and timeouts end it. */
  Pins.Pin awaitWatermark(long toMs, Lane lane) {
    isCancelled = false;
    long timeoutMs = settings.statementTimeoutMs();
    long endNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
    while (true) {
      Pins.Pin pin = pin();
      if (pin.isComplete(toMs)) {
        return pin;
      }
      pin.close();
      if (isCancelled || lane.isCancelled() || Thread.currentThread().isInterrupted()) {
        throw new AskException(SqlState.QUERY_CANCELED, "the statement was cancelled");
      }
      if (timeoutMs > 0 && System.nanoTime() - endNanos > 0) {
        throw new AskException(
            SqlState.QUERY_CANCELED,
            "the windows asked for are not complete after %d ms".formatted(timeoutMs));
      }
      gateway.awaitNews(DataQuery.LOOK);
    }
  }

  /** Ends the lane's statement when the session's own timeout has passed, unless it is stopped. */
  Runnable startTimer(Lane lane) {
    long timeoutMs = settings.statementTimeoutMs();
    if (timeoutMs <= 0) {
      return () -> {};
    }
    ScheduledFuture<?> timer =
        gateway.timers().schedule(() -> cancel(lane), timeoutMs, TimeUnit.MILLISECONDS);
    return () -> timer.cancel(false);
  }

  synchronized Lane takeLane() {
    if (isClosed) {
      throw new AskException(SqlState.SHUTTING_DOWN, "the session is closed");
    }
    try {
      Lane lane = free.isEmpty() ? gateway.newLane() : free.pop();
      taken.add(lane);
      return lane;
    } catch (SQLException e) {
      throw Failures.of(e);
    }
  }

  synchronized void giveBack(Lane lane) {
    if (!taken.remove(lane)) {
      return;
    }
    try {
      lane.end();
      if (isClosed || free.size() >= KEPT_LANES) {
        lane.close();
      } else {
        free.push(lane);
      }
    } catch (SQLException e) {
      LOG.warn("a connection to the engine could not be closed", e);
    }
  }

  @Override
  public void cancel() {
    isCancelled = true;
    List<Lane> lanes;
    synchronized (this) {
      lanes = List.copyOf(taken);
    }
    lanes.forEach(QuerySession::cancel);
  }

  private static void cancel(Lane lane) {
    try {
      lane.cancel();
    } catch (SQLException e) {
      LOG.warn("a statement could not be cancelled", e);
    }
  }

  @Override
  public synchronized void close() {
    isClosed = true;
    for (Lane lane : List.copyOf(taken)) {
      cancel(lane);
      giveBack(lane);
    }
    for (Lane lane : free) {
      try {
        lane.close();
      } catch (SQLException e) {
        LOG.warn("a connection to the engine could not be closed", e);
      }
    }
    free.clear();
  }

  /** Settings by name, for whoever describes the session. */
  public Map<String, String> allSettings() {
    return settings.all();
  }

  /** What a client says of itself when it connects. */
  public void preset(String name, String value) {
    settings.set(name, value);
  }
}
