package tidemark.gateway.query;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import tidemark.gateway.GatewayException;
import tidemark.gateway.ask.Answer;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.Column;
import tidemark.gateway.ask.PreparedQuery;
import tidemark.gateway.ask.Provenance;
import tidemark.gateway.ask.SqlState;
import tidemark.gateway.ask.ValueType;
import tidemark.gateway.hot.HotRows;
import tidemark.gateway.plan.Planner;
import tidemark.gateway.scan.ScanException;
import tidemark.gateway.scan.ScanException.Reason;
import tidemark.gateway.walls.CheckedStatement;
import tidemark.gateway.walls.StatementKind;

/**
 * One statement over the logical tables. It is planned each time that it runs, against the version
 * of that moment.
 */
final class DataQuery implements PreparedQuery {
  /** Between looks at the watermark. */
  static final Duration LOOK = Duration.ofMillis(100);

  private static final int TRIES = 3;
  private static final Set<String> UNSTEADY =
      Set.of(
          "random",
          "uuid",
          "gen_random_uuid",
          "uuidv4",
          "uuidv7",
          "current_date",
          "today",
          "get_current_time",
          "current_localtime",
          "current_localtimestamp",
          "age");

  private final QuerySession session;
  private final CheckedStatement checked;
  private RecentStatements.Shape shape;

  DataQuery(QuerySession session, CheckedStatement checked) {
    this.session = session;
    this.checked = checked;
  }

  @Override
  public String tag() {
    return "SELECT";
  }

  @Override
  public List<ValueType> parameterTypes() {
    return checked.parameterCount() == 0 ? List.of() : shape().parameterTypes();
  }

  @Override
  public List<Column> columns() {
    return shape().columns();
  }

  private RecentStatements.Shape shape() {
    if (shape == null) {
      int tags = session.gateway().series().tagKeys(session.org()).size();
      shape =
          session
              .gateway()
              .statements()
              .shape(session.org(), tags, checked.kind() + checked.sql(), this::describe);
    }
    return shape;
  }

  /** Over empty views: what a statement looks like does not depend on rows. */
  private RecentStatements.Shape describe() {
    Lane lane = session.takeLane();
    try (Pins.Pin pin = session.gateway().pins().pin(session.org())) {
      lane.planner().planEmpty(checked.tree(), checked.relations(), session.context(pin));
      LiveViews.make(lane, checked.relations(), session, pin, new HotRows.Counts(0, 0));
      String sql = Planner.spellOut(checked.sql(), checked.tree(), Instant.now());
      try (PreparedStatement statement = lane.connection().prepareStatement(sql)) {
        ParameterMetaData parameters = statement.getParameterMetaData();
        List<ValueType> types = new ArrayList<>();
        for (int i = 1; i <= checked.parameterCount(); i++) {
          types.add(parameterType(parameters, i));
        }
        return new RecentStatements.Shape(types, DuckAnswer.columns(statement.getMetaData()));
      }
    } catch (SQLException e) {
      throw Failures.of(e, checked.sql());
    } finally {
      session.giveBack(lane);
    }
  }

  private static ValueType parameterType(ParameterMetaData parameters, int index) {
    try {
      String name = parameters.getParameterTypeName(index);
      return name == null ? ValueType.TEXT : DuckTypes.of(name);
    } catch (SQLException e) {
      return ValueType.TEXT; // the driver knows no type where nothing tells
    }
  }

  @Override
  public Answer run(List<Object> parameters) {
    if (parameters.size() != checked.parameterCount()) {
      throw new AskException(
          SqlState.UNDEFINED_PARAMETER,
          "the statement takes %d parameters, got %d"
              .formatted(checked.parameterCount(), parameters.size()));
    }
    Planner.Reading reading = Planner.Reading.MERGED;
    for (int i = 1; ; i++) {
      Lane lane = session.takeLane();
      boolean isRunning = false;
      try {
        Answer answer = run(lane, parameters, reading);
        isRunning = true;
        return answer;
      } catch (SQLException e) {
        if (ScanException.reason(e).filter(why -> why != Reason.CANCELLED).isPresent()) {
          reading = Planner.Reading.BY_ENGINE;
        } else if (!Failures.isGone(e) || i == TRIES) {
          throw Failures.of(e, checked.sql());
        }
      } catch (GatewayException e) {
        throw new AskException(SqlState.NOT_READY, "the tables could not be read: ask again", e);
      } finally {
        if (!isRunning) {
          session.giveBack(lane);
        }
      }
    }
  }

  private Answer run(Lane lane, List<Object> parameters, Planner.Reading reading)
      throws SQLException {
    Instant now = Instant.now(); // one time, in the plan and in the engine alike
    String sql = Planner.spellOut(checked.sql(), checked.tree(), now);
    JsonNode tree = Parameters.bind(Planner.pinNow(checked.sql(), checked.tree(), now), parameters);
    Pins.Pin pin = session.pin();
    boolean isRunning = false;
    try {
      Planner.Plan plan = lane.planner().plan(tree, checked.relations(), context(pin, reading));
      while (session.settings().isWaiting() && plan.toMs() != Long.MAX_VALUE) {
        if (pin.isComplete(plan.toMs())) {
          break;
        }
        pin.close();
        pin = session.awaitWatermark(plan.toMs(), lane);
        plan = lane.planner().plan(tree, checked.relations(), context(pin, reading));
      }
      HotRows.Counts counts = session.counts(pin);
      LiveViews.make(lane, checked.relations(), session, pin, counts);
      Provenance provenance = Freshness.of(pin, counts, plan);
      Optional<String> key = cacheKey(sql, parameters, plan, pin);
      if (key.isPresent()) {
        Optional<Answer> kept = session.gateway().cache().find(key.get(), provenance);
        if (kept.isPresent()) {
          session.giveBack(lane);
          pin.close();
          isRunning = true;
          return kept.get();
        }
      }
      lane.planner().makeViews();
      DuckAnswer answer = start(lane, sql, parameters, provenance, pin);
      isRunning = true;
      return key.isPresent() ? session.gateway().cache().keeping(key.get(), answer) : answer;
    } finally {
      if (!isRunning) {
        pin.close();
      }
    }
  }

  private Planner.Context context(Pins.Pin pin, Planner.Reading reading) {
    Planner.Context context = session.context(pin);
    return reading == Planner.Reading.MERGED ? context : context.byEngine();
  }

  private DuckAnswer start(
      Lane lane, String sql, List<Object> parameters, Provenance provenance, Pins.Pin pin)
      throws SQLException {
    // SUMMARIZE and DESCRIBE give a row for each column, and are no part of another statement
    boolean isHeld = checked.kind() == StatementKind.QUERY;
    PreparedStatement statement =
        lane.connection().prepareStatement(isHeld ? HeldRows.creating(sql) : sql);
    lane.begin(statement);
    Runnable stopTimer = session.startTimer(lane);
    boolean isStarted = false;
    try {
      Parameters.set(statement, parameters);
      lane.planner().readAhead();
      Runnable onClose =
          () -> {
            stopTimer.run();
            pin.close();
            session.giveBack(lane);
          };
      DuckAnswer answer =
          isHeld
              ? held(lane, statement, provenance, onClose)
              : new DuckAnswer(
                  DuckAnswer.columns(statement.getMetaData()),
                  once(statement.executeQuery()),
                  provenance,
                  onClose);
      isStarted = true;
      return answer;
    } finally {
      if (!isStarted) {
        stopTimer.run(); // or it would end what runs here next
        lane.end();
      }
    }
  }

  private DuckAnswer held(
      Lane lane, PreparedStatement statement, Provenance provenance, Runnable onClose)
      throws SQLException {
    statement.execute();
    HeldRows rows = lane.hold();
    HeldMemory.Held memory = session.hold(rows.bytes());
    try {
      return new DuckAnswer(
          rows.columns(() -> shape().columns().stream().map(Column::name).toList()),
          () -> rows.hasPage() ? Optional.of(rows.page()) : Optional.empty(),
          provenance,
          () -> {
            onClose.run();
            memory.close();
          });
    } catch (SQLException | RuntimeException e) {
      memory.close();
      throw e;
    }
  }

  private static DuckAnswer.Pages once(ResultSet all) {
    Iterator<ResultSet> pages = List.of(all).iterator();
    return () -> pages.hasNext() ? Optional.of(pages.next()) : Optional.empty();
  }

  /** What a run would read, in lines for people. */
  List<String> explain() {
    if (checked.parameterCount() > 0) {
      throw new AskException(
          SqlState.FEATURE_NOT_SUPPORTED, "EXPLAIN takes a statement without parameters");
    }
    Lane lane = session.takeLane();
    try (Pins.Pin pin = session.pin()) {
      JsonNode tree = Planner.pinNow(checked.sql(), checked.tree(), Instant.now());
      lane.planner().plan(tree, checked.relations(), session.context(pin));
      return lane.planner().explain();
    } catch (SQLException e) {
      throw Failures.of(e, checked.sql());
    } finally {
      session.giveBack(lane);
    }
  }

  /** Only of answers that the same inputs give again, over windows that are closed. */
  private Optional<String> cacheKey(
      String sql, List<Object> parameters, Planner.Plan plan, Pins.Pin pin) {
    boolean isSteady =
        checked.kind() == StatementKind.QUERY
            && plan.inputs().isPresent()
            && pin.isComplete(plan.toMs())
            && !LiveViews.areAmong(checked.relations())
            && checked.functions().stream()
                .map(name -> name.toLowerCase(Locale.ROOT))
                .noneMatch(UNSTEADY::contains);
    return isSteady
        ? Optional.of(
            String.join(
                "\n",
                session.org(),
                session.settings().show(Settings.RESOLUTION),
                sql,
                Parameters.text(parameters),
                plan.inputs().get()))
        : Optional.empty();
  }

  @Override
  public void close() {
    // nothing is held between runs
  }
}
