package tidemark.gateway.postgres;

import java.time.Duration;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.Origin;
import tidemark.gateway.ask.Session;
import tidemark.gateway.ask.SqlState;

/**
 * One client from its first byte to its last, on a thread of its own. Other threads may cancel what
 * it runs, watch it and end it.
 */
final class PostgresConnection implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(PostgresConnection.class);

  /** How long a statement runs before anyone looks whether its client is still there. */
  private static final Duration WATCHED_AFTER = Duration.ofMillis(500);

  /** What a login may take beyond its limit, for the error to reach the client. */
  private static final Duration LOGIN_GRACE = Duration.ofSeconds(1);

  private enum Phase {
    LOGIN,
    IDLE,
    BUSY
  }

  private final PostgresServer server;
  private final PostgresConfig config;
  private final Channel channel;
  private final int processId;
  private final int secret;
  private final Activity activity = new Activity();
  private final long startNanos = System.nanoTime();

  private final Object phaseLock = new Object();
  private Phase phase = Phase.LOGIN;
  private boolean isEnding;

  private boolean skipsToSync;
  private volatile String user = "";

  PostgresConnection(PostgresServer server, Channel channel, int processId, int secret) {
    this.server = server;
    this.config = server.config();
    this.channel = channel;
    this.processId = processId;
    this.secret = secret;
  }

  int processId() {
    return processId;
  }

  int secret() {
    return secret;
  }

  /** Empty before the login. */
  String user() {
    return user;
  }

  Activity activity() {
    return activity;
  }

  @Override
  public void run() {
    try {
      talk();
    } catch (DisconnectedException e) {
      LOG.debug("connection {} is gone: {}", processId, e.getMessage());
    } finally {
      activity.end();
      activity.attach(null);
      server.remove(this);
      channel.close();
    }
  }

  private void talk() {
    try {
      channel.reader().limitUntil(startNanos + config.loginTimeout().toNanos());
      int timeoutMs = (int) config.loginTimeout().toMillis();
      Startup.Purpose purpose = new Startup(channel, config.tls(), timeoutMs).purpose();
      if (purpose instanceof Startup.Cancel cancel) {
        server.cancel(cancel.processId(), cancel.secret());
      } else {
        serve((Startup.Request) purpose);
      }
    } catch (FatalException e) {
      hangUp(e.error());
    } catch (AskException e) {
      hangUp(e);
    } catch (DisconnectedException e) {
      throw e;
    } catch (RuntimeException e) {
      hangUp(internal(e));
    }
  }

  private void hangUp(AskException error) {
    tellEnd(error);
    channel.endOutput();
  }

  private void tellEnd(AskException error) {
    Responses responses = new Responses(channel.writer());
    responses.error(Responses.Severity.FATAL, error, 0);
    responses.flush();
  }

  private void serve(Startup.Request request) {
    if (config.tls() instanceof PostgresTls.Required && !channel.isEncrypted()) {
      throw new AskException(SqlState.WRONG_USER, "connections must use TLS")
          .withHint("Connect with sslmode=require.");
    }
    if (!server.takeSlot()) {
      throw new AskException(
          SqlState.TOO_MANY_CONNECTIONS,
          "sorry, too many clients already: at most %d".formatted(config.maxConnections()));
    }
    try {
      try (Conversation conversation = login(request)) {
        channel.reader().unlimited();
        new Dialogue(conversation).run();
      }
    } finally {
      server.returnSlot();
    }
  }

  private Conversation login(Startup.Request request) {
    Responses responses = new Responses(channel.writer());
    if (request.isNegotiated()) {
      responses.negotiate(Startup.PROTOCOL_3_0, request.unknownOptions());
    }
    String name = request.parameter("user");
    if (name.isEmpty()) {
      throw new AskException(
          SqlState.WRONG_USER, "no PostgreSQL user name specified in startup packet");
    }
    server.scramLogin().prove(name, channel);
    Origin origin =
        new Origin("postgres", channel.address(), request.parameter("application_name"));
    Login login = new Login(server.gateway(), name, origin, processId);
    Session session = login.open();
    try {
      SessionStart start = new SessionStart(request, config);
      start.checkDatabase(session);
      start.applySettings(session);
      start.tell(responses, processId, secret);
      user = name;
      return new Conversation(login, session, config.limits(), activity, responses, server);
    } catch (RuntimeException e) {
      session.close();
      throw e;
    }
  }

  private AskException internal(RuntimeException e) {
    String id = UUID.randomUUID().toString();
    LOG.error("internal error {} on connection {} of user {}", id, processId, user, e);
    return new AskException(SqlState.INTERNAL_ERROR, "internal error " + id, e)
        .withHint("The server's log says more under this id.");
  }

  /** The messages of a client that is logged in. */
  private final class Dialogue {
    private final Conversation conversation;
    private final Responses responses;
    private final SimpleProtocol simple;
    private final ExtendedProtocol extended;

    Dialogue(Conversation conversation) {
      this.conversation = conversation;
      this.responses = conversation.responses();
      this.simple = new SimpleProtocol(conversation);
      this.extended = new ExtendedProtocol(conversation);
    }

    void run() {
      ready();
      while (true) {
        char type = 0;
        try {
          Message message = await();
          type = message.type();
          if (type == 'X') {
            return;
          }
          handle(message);
        } catch (MessageReader.OversizedException e) {
          fail(e.type(), e.error());
        } catch (AskException e) {
          fail(type, e);
        } catch (DisconnectedException | FatalException e) {
          throw e;
        } catch (RuntimeException e) {
          fail(type, internal(e));
        }
      }
    }

    private Message await() {
      if (!channel.reader().hasBuffered()) {
        activity.end();
        responses.flush();
      }
      enter(Phase.IDLE);
      try {
        return channel.reader().next(config.limits().maxMessageBytes());
      } finally {
        enter(Phase.BUSY);
        activity.begin();
      }
    }

    private void handle(Message message) {
      if (skipsToSync && message.type() != 'S') {
        return;
      }
      switch (message.type()) {
        case 'Q' -> {
          simple.query(message);
          conversation.endImplicitTransaction();
          ready();
        }
        case 'P' -> extended.parse(message);
        case 'B' -> extended.bind(message);
        case 'D' -> extended.describe(message);
        case 'E' -> extended.execute(message);
        case 'C' -> extended.close(message);
        case 'H' -> responses.flush();
        case 'S' -> {
          skipsToSync = false;
          conversation.endImplicitTransaction();
          ready();
        }
        case 'F' ->
            throw new AskException(
                SqlState.FEATURE_NOT_SUPPORTED, "function calls are not supported");
        // What is left of a COPY that was refused.
        case 'd', 'c', 'f' -> {}
        default ->
            throw new FatalException(
                SqlState.PROTOCOL_VIOLATION,
                "invalid frontend message type " + (int) message.type());
      }
    }

    private void fail(char type, AskException error) {
      if (isEnding() || error.state() == SqlState.SHUTTING_DOWN) {
        throw shutdown();
      }
      responses.error(Responses.Severity.ERROR, error, 0);
      activity.forget();
      conversation.transaction().fail();
      conversation.endImplicitTransaction();
      switch (type) {
        case 'Q', 'F', 'S' -> {
          skipsToSync = false;
          ready();
        }
        default -> skipsToSync = true;
      }
    }

    private void ready() {
      activity.end();
      responses.readyForQuery(conversation.transaction().status());
      responses.flush();
    }
  }

  private void enter(Phase next) {
    synchronized (phaseLock) {
      if (isEnding) {
        throw shutdown();
      }
      phase = next;
    }
  }

  private boolean isEnding() {
    synchronized (phaseLock) {
      return isEnding;
    }
  }

  private static FatalException shutdown() {
    return new FatalException(
        SqlState.SHUTTING_DOWN, "terminating connection due to administrator command");
  }

  /** Ends the connection: at once if it waits, else with what it runs. */
  void end() {
    synchronized (phaseLock) {
      isEnding = true;
      switch (phase) {
        case LOGIN -> channel.close();
        case IDLE -> {
          try {
            tellEnd(shutdown().error());
          } catch (DisconnectedException e) {
            LOG.debug("connection {} went before it was ended", processId);
          }
          channel.close();
        }
        case BUSY -> activity.cancel();
      }
    }
  }

  /** Ends it without a word. */
  void abort() {
    channel.close();
  }

  /** Looks after it every now and then: logins that take too long, clients that went away. */
  void watch() {
    long age = System.nanoTime() - startNanos;
    synchronized (phaseLock) {
      if (phase == Phase.LOGIN) {
        if (age > config.loginTimeout().plus(LOGIN_GRACE).toNanos()) {
          channel.close();
        }
        return;
      }
    }
    if (activity.runningNanos() > WATCHED_AFTER.toNanos() && channel.reader().isAbandoned()) {
      activity.cancel();
    }
    activity.insist();
  }
}
