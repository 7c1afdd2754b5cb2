package tidemark.gateway.walls;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.SqlState;

/** Calls of functions: their names against {@link FunctionList}, and what they would blow up. */
final class FunctionCheck {
  /** Which argument, from 0, says how much they make of the others, or hold for each group. */
  private static final Map<String, Integer> COUNTED =
      Map.ofEntries(
          Map.entry("repeat", 1),
          Map.entry("lpad", 1),
          Map.entry("rpad", 1),
          Map.entry("list_resize", 1),
          Map.entry("array_resize", 1),
          Map.entry("approx_top_k", 1),
          Map.entry("min", 1),
          Map.entry("max", 1),
          Map.entry("arg_min", 2),
          Map.entry("arg_max", 2),
          Map.entry("argmin", 2),
          Map.entry("argmax", 2),
          Map.entry("min_by", 2),
          Map.entry("max_by", 2),
          Map.entry("arg_min_nulls_last", 2),
          Map.entry("arg_max_nulls_last", 2));

  private static final Set<String> SERIES = Set.of("range", "generate_series");

  private final String sql;
  private final WallLists lists;
  private final SqlParser parser;

  FunctionCheck(String sql, WallLists lists, SqlParser parser) {
    this.sql = sql;
    this.lists = lists;
    this.parser = parser;
  }

  /** The name of one in FROM, in lower case. */
  String checkTable(JsonNode call) {
    return check(call, FunctionList.TABLES, false);
  }

  /** The name of one in an expression, in lower case. */
  String checkExpression(JsonNode call) {
    String name = check(call, FunctionList.EXPRESSIONS, true);
    checkCount(name, call);
    if (SERIES.contains(name)) {
      checkSeries(name, call);
    }
    return name;
  }

  /** The name of one before OVER, in lower case. */
  String checkWindow(JsonNode call) {
    String name = check(call, FunctionList.WINDOWS, true);
    checkCount(name, call);
    return name;
  }

  private String check(JsonNode call, Set<String> allowed, boolean mayBeOurs) {
    String name = call.path("function_name").asText();
    String lowerCase = name.toLowerCase(Locale.ROOT);
    String schema = call.path("schema").asText();
    boolean isQualified =
        !call.path("catalog").asText().isEmpty() || !(schema.isEmpty() || schema.equals("main"));
    if (isQualified) {
      throw refusal(
          sql,
          SqlState.NOT_ALLOWED,
          "functions are named alone, got \"%s.%s\"".formatted(schema, name),
          call);
    }
    if (allowed.contains(lowerCase) || (mayBeOurs && lists.functions().contains(lowerCase))) {
      return lowerCase;
    }
    boolean isTable = allowed.equals(FunctionList.TABLES);
    if (!parser.hasFunction(lowerCase)) {
      throw refusal(
          sql, SqlState.UNDEFINED_FUNCTION, "there is no function %s".formatted(name), call);
    }
    throw refusal(
        sql,
        SqlState.NOT_ALLOWED,
        isTable
            ? "the function %s is not allowed in FROM, only %s"
                .formatted(name, String.join(", ", new TreeSet<>(FunctionList.TABLES)))
            : "the function %s is not allowed here".formatted(name),
        call);
  }

  private void checkCount(String name, JsonNode call) {
    JsonNode arguments = call.path("children");
    Integer counted = COUNTED.get(name);
    if (counted == null || counted >= arguments.size()) {
      return;
    }
    JsonNode count = arguments.path(counted);
    if (!isInteger(count) || value(count) > WallLimits.REPETITIONS) {
      throw refusal(
          sql,
          SqlState.PROGRAM_LIMIT,
          "%s takes a constant of at most %d as argument %d"
              .formatted(name, WallLimits.REPETITIONS, counted + 1),
          call);
    }
  }

  private void checkSeries(String name, JsonNode call) {
    JsonNode arguments = call.path("children");
    for (JsonNode argument : arguments) {
      if (!isInteger(argument)) {
        throw tooLong(name, call);
      }
    }
    if (arguments.isEmpty()) {
      return;
    }
    long start = arguments.size() == 1 ? 0 : value(arguments.path(0));
    long stop = value(arguments.path(arguments.size() == 1 ? 0 : 1));
    long step = arguments.size() > 2 ? value(arguments.path(2)) : 1;
    double length = step == 0 ? 0 : ((double) stop - start) / step;
    if (length > WallLimits.SERIES_ELEMENTS) {
      throw tooLong(name, call);
    }
  }

  private AskException tooLong(String name, JsonNode call) {
    return refusal(
            sql,
            SqlState.PROGRAM_LIMIT,
            "%s makes a list of at most %d integers, between constants"
                .formatted(name, WallLimits.SERIES_ELEMENTS),
            call)
        .withHint("in FROM it makes rows, with any bounds: FROM %s(...)".formatted(name));
  }

  private static boolean isInteger(JsonNode expression) {
    return expression.path("class").asText().equals("CONSTANT")
        && Set.of("INTEGER", "BIGINT")
            .contains(expression.path("value").path("type").path("id").asText())
        && expression.path("value").path("value").canConvertToLong();
  }

  private static long value(JsonNode constant) {
    return constant.path("value").path("value").asLong();
  }

  /** With the place of the node, if it has one. */
  static AskException refusal(String sql, SqlState state, String message, JsonNode node) {
    AskException refusal = new AskException(state, message);
    JsonNode location = node.path("query_location");
    if (!location.canConvertToInt()) {
      return refusal;
    }
    return refusal.at(TextPlace.position(sql, TextPlace.ofUtf8(sql, location.asLong())));
  }
}
