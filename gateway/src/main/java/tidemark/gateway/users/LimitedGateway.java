package tidemark.gateway.users;

import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.Gateway;
import tidemark.gateway.ask.Origin;
import tidemark.gateway.ask.ScramVerifier;
import tidemark.gateway.ask.Session;
import tidemark.gateway.ask.SqlState;

/**
 * A gateway whose users come from a file, with limits, an audit log and metrics around another one
 * that answers. The other's sessions are called from changing threads, one at a time.
 *
 * <p>Thread-safe. Everything is bounded: sessions by {@link LimitsConfig#maxSessions}, threads by
 * two for each session, rows in memory by three batches for each query.
 */
public final class LimitedGateway implements Gateway, AutoCloseable {
  private final Gateway engine;
  private final Users users;
  private final LimitsConfig config;
  private final AuditLog auditLog;
  private final GatewayMetrics metrics;
  private final Clock clock;
  private final ExecutorService threads = Executors.newCachedThreadPool(daemons("query"));
  private final ScheduledThreadPoolExecutor timers =
      new ScheduledThreadPoolExecutor(1, daemons("query-timer"));
  private final Turnstile orgPlaces;
  private final Turnstile userPlaces;
  private final Map<String, Integer> sessionsOfUsers = new HashMap<>();
  private final Set<LimitedSession> openSessions = ConcurrentHashMap.newKeySet();
  private int sessions;
  private boolean isClosed;

  public LimitedGateway(
      Gateway engine, Users users, LimitsConfig config, AuditLog auditLog, GatewayMetrics metrics) {
    this.engine = engine;
    this.users = users;
    this.config = config;
    this.auditLog = auditLog;
    this.metrics = metrics;
    clock = Clock.systemUTC();
    orgPlaces = new Turnstile("an org", config.maxQueries(), config.maxWaitingPerOrg());
    userPlaces = new Turnstile("a user", Integer.MAX_VALUE, config.maxWaitingPerOrg());
    timers.setRemoveOnCancelPolicy(true);
    metrics.watch("sessions", "open sessions", this::sessions);
    metrics.watch("queries_running", "queries that have a place", orgPlaces::taken);
    metrics.watch(
        "queries_waiting",
        "queries that wait for a place",
        () -> orgPlaces.waiting() + userPlaces.waiting());
    metrics.watch("audit_waiting_lines", "lines to be written", auditLog::waitingLines);
    metrics.watch("audit_ok", "0 if lines cannot be written", () -> okIfEmpty(auditLog.problem()));
    metrics.watch("users", "users in the file", users::count);
    metrics.watch("users_file_ok", "0 if an older one is in use", () -> okIfEmpty(users.problem()));
  }

  private static int okIfEmpty(Optional<String> problem) {
    return problem.isEmpty() ? 1 : 0;
  }

  private static ThreadFactory daemons(String name) {
    AtomicInteger number = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
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
    addSession(known);
    try {
      Session opened = engine.open(user, origin);
      if (!opened.org().equals(known.org())) {
        opened.close();
        throw new AskException(SqlState.INTERNAL_ERROR, "internal error")
            .withHint("the engine knows another org of this user");
      }
      return wrap(opened, user, origin);
    } catch (RuntimeException | Error e) {
      removeSession(user);
      throw Failures.of(e);
    }
  }

  private LimitedSession wrap(Session opened, String user, Origin origin) {
    EngineSession calls =
        new EngineSession(opened, threads, config.grace(), metrics, () -> removeSession(user));
    LimitedSession session = new LimitedSession(this, calls, opened, user, origin);
    openSessions.add(session);
    return session;
  }

  synchronized void checkOpen() {
    if (isClosed) {
      throw new AskException(SqlState.SHUTTING_DOWN, "the gateway is shutting down");
    }
  }

  private synchronized void addSession(User user) {
    checkOpen();
    int ofUser = sessionsOfUsers.getOrDefault(user.name(), 0);
    if (ofUser >= user.limits().maxSessions() || sessions >= config.maxSessions()) {
      throw new AskException(
              SqlState.TOO_MANY_CONNECTIONS,
              ofUser >= user.limits().maxSessions()
                  ? "a user may have %d sessions".formatted(ofUser)
                  : "there are too many sessions now")
          .withHint("close one, or try again later");
    }
    sessionsOfUsers.put(user.name(), ofUser + 1);
    sessions++;
  }

  private synchronized void removeSession(String user) {
    sessionsOfUsers.computeIfPresent(user, (name, count) -> count == 1 ? null : count - 1);
    sessions--;
    endThreadsIfIdle();
  }

  /** The last session's end needs them still. */
  private void endThreadsIfIdle() {
    if (isClosed && sessions == 0) {
      timers.shutdownNow();
      threads.shutdown();
    }
  }

  /** Open now; those whose engine does not answer count until it does. */
  synchronized int sessions() {
    return sessions;
  }

  /** Calls that the engine has not answered since their time was up: threads left behind. */
  public int abandonedCalls() {
    return metrics.abandonedCalls();
  }

  void forget(LimitedSession session) {
    openSessions.remove(session);
  }

  Users users() {
    return users;
  }

  LimitsConfig config() {
    return config;
  }

  AuditLog auditLog() {
    return auditLog;
  }

  GatewayMetrics metrics() {
    return metrics;
  }

  Clock clock() {
    return clock;
  }

  ScheduledThreadPoolExecutor timers() {
    return timers;
  }

  Turnstile orgPlaces() {
    return orgPlaces;
  }

  Turnstile userPlaces() {
    return userPlaces;
  }

  /** Opens nothing more and cancels what runs; their owners close the sessions. */
  @Override
  public void close() {
    synchronized (this) {
      isClosed = true;
      endThreadsIfIdle();
    }
    openSessions.forEach(LimitedSession::cancel);
  }
}
