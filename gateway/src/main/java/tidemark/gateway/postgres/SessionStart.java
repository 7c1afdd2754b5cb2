package tidemark.gateway.postgres;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import tidemark.gateway.ask.Answer;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.PreparedQuery;
import tidemark.gateway.ask.Session;
import tidemark.gateway.ask.SqlState;

/**
 * What happens between the login and the first statement: the database's name is checked, settings
 * of the startup message are set, and the client is told the server's.
 *
 * <p>Settings that only say how a client likes its dates and floats are taken and change nothing:
 * the server says how it writes them. All others are set in the session, as {@code SET} does.
 */
final class SessionStart {
  /** A version whose catalog and protocol clients know; tools read its number. */
  static final String SERVER_VERSION = "16.4 (Tidemark)";

  private static final Set<String> OF_PROTOCOL =
      Set.of(
          "user",
          "database",
          "options",
          "application_name",
          "datestyle",
          "timezone",
          "extra_float_digits",
          "intervalstyle",
          "standard_conforming_strings");
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_.]{0,62}");

  private final Startup.Request request;
  private final PostgresConfig config;

  SessionStart(Startup.Request request, PostgresConfig config) {
    this.request = request;
    this.config = config;
  }

  void checkDatabase(Session session) {
    String user = request.parameter("user");
    String database = request.parameter("database");
    if (!database.isEmpty()
        && !database.equals(user)
        && !database.equals(session.org())
        && !config.databases().contains(database)) {
      throw new AskException(
              SqlState.INVALID_CATALOG_NAME, "database \"%s\" does not exist".formatted(database))
          .withHint("The user alone decides whose data is seen; name its org, or no database.");
    }
  }

  /**
   * @throws AskException if the session does not take one
   */
  void applySettings(Session session) {
    Map<String, String> settings = new LinkedHashMap<>(options(request.parameter("options")));
    settings.putAll(request.parameters());
    for (Map.Entry<String, String> setting : settings.entrySet()) {
      String name = setting.getKey().toLowerCase(Locale.ROOT);
      if (name.equals("client_encoding")) {
        Planner.checkEncoding(setting.getValue());
      } else if (name.equals("replication")) {
        refuseReplication(setting.getValue());
      } else if (!OF_PROTOCOL.contains(name)) {
        set(session, name, setting.getValue());
      }
    }
  }

  private static void refuseReplication(String value) {
    if (!Set.of("false", "off", "no", "0").contains(value.toLowerCase(Locale.ROOT))) {
      throw new AskException(SqlState.FEATURE_NOT_SUPPORTED, "replication is not supported");
    }
  }

  private static void set(Session session, String name, String value) {
    if (!NAME.matcher(name).matches()) {
      throw new AskException(
          SqlState.UNDEFINED_OBJECT, "unrecognized configuration parameter in startup packet");
    }
    String sql = "SET %s = '%s'".formatted(name, value.replace("'", "''"));
    try (PreparedQuery query = session.prepare(sql);
        Answer answer = query.run(List.of())) {
      answer.next();
    }
  }

  /** Reads {@code -c name=value --name=value}; a backslash keeps a blank from parting them. */
  static Map<String, String> options(String text) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' && i + 1 < text.length()) {
        word.append(text.charAt(++i));
      } else if (!Character.isWhitespace(c)) {
        word.append(c);
      } else if (!word.isEmpty()) {
        words.add(word.toString());
        word.setLength(0);
      }
    }
    if (!word.isEmpty()) {
      words.add(word.toString());
    }
    Map<String, String> settings = new LinkedHashMap<>();
    for (int i = 0; i < words.size(); i++) {
      String option = words.get(i);
      if (option.equals("-c") && i + 1 < words.size()) {
        option = words.get(++i);
      } else if (option.startsWith("-c") || option.startsWith("--")) {
        option = option.substring(2);
      } else {
        throw invalid(option);
      }
      int equals = option.indexOf('=');
      if (equals < 1) {
        throw invalid(option);
      }
      settings.put(option.substring(0, equals).replace('-', '_'), option.substring(equals + 1));
    }
    return settings;
  }

  private static AskException invalid(String option) {
    return new AskException(
        SqlState.SYNTAX_ERROR,
        "options must be of the form -c name=value, got \"%s\"".formatted(option));
  }

  void tell(Responses responses, int processId, int secret) {
    responses.parameterStatus("application_name", request.parameter("application_name"));
    responses.parameterStatus("client_encoding", "UTF8");
    responses.parameterStatus("DateStyle", "ISO, MDY");
    responses.parameterStatus("default_transaction_read_only", "on");
    responses.parameterStatus("in_hot_standby", "off");
    responses.parameterStatus("integer_datetimes", "on");
    responses.parameterStatus("IntervalStyle", "postgres");
    responses.parameterStatus("is_superuser", "off");
    responses.parameterStatus("server_encoding", "UTF8");
    responses.parameterStatus("server_version", SERVER_VERSION);
    responses.parameterStatus("session_authorization", request.parameter("user"));
    responses.parameterStatus("standard_conforming_strings", "on");
    responses.parameterStatus("TimeZone", "UTC");
    responses.backendKey(processId, secret);
  }
}
