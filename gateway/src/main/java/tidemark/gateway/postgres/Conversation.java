package tidemark.gateway.postgres;

import java.util.LinkedHashMap;
import java.util.Map;
import tidemark.gateway.ask.Answer;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.Session;
import tidemark.gateway.ask.SqlState;

/**
 * What a logged-in client has: its session, transaction block, statements and portals. Only the
 * connection's thread comes here.
 */
final class Conversation implements AutoCloseable {
  /** What statements and portals may hold together, in messages of the largest size. */
  private static final long MESSAGES_HELD = 4;

  private final Login login;
  private final PostgresLimits limits;
  private final Activity activity;
  private final Responses responses;
  private final Transaction transaction = new Transaction();
  private final Portals portals;
  private final Budget budget;
  private final Map<String, Prepared> statements = new LinkedHashMap<>();
  private final Planner planner;
  private Session session;

  /**
   * @param session of that login; closed with this
   */
  Conversation(
      Login login,
      Session session,
      PostgresLimits limits,
      Activity activity,
      Responses responses,
      Peers peers) {
    this.login = login;
    this.session = session;
    this.limits = limits;
    this.activity = activity;
    this.responses = responses;
    this.budget = new Budget(MESSAGES_HELD * limits.maxMessageBytes());
    this.portals = new Portals(limits.maxPortals());
    this.planner = new Planner(this, peers);
    activity.attach(session);
  }

  Session session() {
    return session;
  }

  Login login() {
    return login;
  }

  Transaction transaction() {
    return transaction;
  }

  Portals portals() {
    return portals;
  }

  Responses responses() {
    return responses;
  }

  Budget budget() {
    return budget;
  }

  /**
   * Makes a statement ready to run.
   *
   * @throws AskException if it may not run, or not now
   */
  Plan plan(String sql) {
    Plan plan = planner.plan(sql);
    try {
      checkMayRun(plan);
      int parameters = plan.parameterTypes().size();
      if (parameters > limits.maxParameters()) {
        throw new AskException(
            SqlState.PROGRAM_LIMIT,
            "a statement may have %d parameters, got %d"
                .formatted(limits.maxParameters(), parameters));
      }
      return plan;
    } catch (AskException e) {
      plan.close();
      throw e;
    }
  }

  /** Refuses what a failed transaction block does not allow. */
  void checkMayRun(Plan plan) {
    if (transaction.status() == Transaction.Status.FAILED && !plan.endsFailure()) {
      throw failedTransaction();
    }
    activity.check();
  }

  /** Likewise; what has no rows may always be described. */
  void checkMayDescribe(Prepared prepared) {
    if (!prepared.isEmpty() && (prepared.plan().isReading() || !prepared.describe().isEmpty())) {
      checkMayRun(prepared.plan());
    }
  }

  static AskException failedTransaction() {
    return new AskException(
        SqlState.FAILED_TRANSACTION,
        "current transaction is aborted, commands ignored until end of transaction block");
  }

  Prepared statement(String name) {
    Prepared prepared = statements.get(name);
    if (prepared == null) {
      throw new AskException(
          SqlState.INVALID_STATEMENT_NAME,
          "prepared statement \"%s\" does not exist".formatted(name));
    }
    return prepared;
  }

  /**
   * Keeps a statement; the one without name takes the place of an earlier one.
   *
   * @throws AskException before anything is prepared for it, if there is no room or it exists
   */
  void checkNewStatement(String name) {
    if (name.isEmpty()) {
      return;
    }
    if (statements.containsKey(name)) {
      throw new AskException(
          SqlState.DUPLICATE_STATEMENT, "prepared statement \"%s\" already exists".formatted(name));
    }
    if (statements.size() >= limits.maxStatements()) {
      throw new AskException(
              SqlState.LIMIT_EXCEEDED,
              "a connection may have %d prepared statements".formatted(limits.maxStatements()))
          .withHint("Close those that are not needed any more.");
    }
  }

  void keepStatement(String name, Prepared prepared) {
    closeStatement(name);
    statements.put(name, prepared);
  }

  void closeStatement(String name) {
    Prepared prepared = statements.remove(name);
    if (prepared != null) {
      prepared.release();
    }
  }

  void closeStatements() {
    statements.values().forEach(Prepared::release);
    statements.clear();
  }

  /**
   * Sends rows and how the statement ended.
   *
   * @param maxRows after which the portal waits for more; 0 for all
   */
  void execute(Portal portal, int maxRows) {
    Plan.Run run = portal.start();
    long count = 0;
    while (maxRows == 0 || count < maxRows) {
      activity.check();
      if (!portal.next()) {
        responses.commandComplete(run.isCounted() ? run.tag() + " " + count : run.tag());
        return;
      }
      responses.dataRow(portal.rows(), portal.columns(), portal.formats());
      count++;
    }
    responses.bare('s');
  }

  /** Reads rows and forgets them, as MOVE does. */
  long skip(Answer rows) {
    long count = 0;
    while (rows.next()) {
      activity.check();
      count++;
    }
    return count;
  }

  /** The end of a statement outside of a block: what belongs to its transaction goes. */
  void endImplicitTransaction() {
    if (transaction.isIdle()) {
      portals.closeUnheld();
    }
  }

  /** Forgets all that a pool must not hand to the next user: a new session takes its place. */
  void discardAll() {
    portals.closeAll();
    closeStatements();
    activity.attach(null);
    session.close();
    try {
      session = login.open();
    } catch (AskException e) {
      throw new FatalException(e);
    }
    activity.attach(session);
  }

  @Override
  public void close() {
    try {
      portals.closeAll();
      closeStatements();
    } finally {
      session.close();
    }
  }
}
