package tidemark.gateway.plan;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Spells out in the statement's own text what the engine has no words for, and pins {@code now()}:
 * one statement, one time, in the plan and in the engine alike.
 *
 * <pre>
 * percentile(q)     percentile(sketch, q)
 * count_below(x)    count_below(sketch, x)
 * count_above(x)    count_above(sketch, x)
 * rate(interval)    (sum(sum) / epoch(interval))
 * average()         (sum(sum) / sum(count))
 * newest()          value of the newest point
 * time_bucket(i, t) the same, counted out, see {@link TimeBuckets}
 * now()             a literal
 * </pre>
 */
final class Rewrite {
  static final String NEWEST = "newest";

  private static final Map<String, String> WITH_SKETCH =
      Map.of(
          "percentile", "percentile(sketch, ",
          "count_below", "count_below(sketch, ",
          "count_above", "count_above(sketch, ");

  private static final Set<String> NOW_CALLS =
      Set.of("now", "get_current_timestamp", "transaction_timestamp");

  private static final Pattern CALL = Pattern.compile("\\G(\\w+)\\s*\\(");
  private static final Pattern EMPTY_CALL = Pattern.compile("\\G(\\w+)\\s*\\(\\s*\\)");
  private static final Pattern NOW = Pattern.compile("(?i)\\Gcurrent_timestamp\\b");

  /** A place in the statement's UTF-8 bytes and what stands there instead. */
  private record Splice(int from, int to, String text) {}

  private final byte[] bytes;
  private final String latin; // a character a byte, so that places are those of the parser
  private final String now;
  private final List<Splice> splices = new ArrayList<>();

  private Rewrite(String sql, Instant now) {
    bytes = sql.getBytes(UTF_8);
    latin = new String(bytes, ISO_8859_1);
    this.now = "TIMESTAMPTZ '" + now + "'";
  }

  /**
   * The statement with short forms spelled out and the time pinned; itself if there is nothing of
   * both.
   */
  static String spellOut(String sql, JsonNode tree, Instant now) {
    Rewrite rewrite = new Rewrite(sql, now);
    rewrite.visitNow(tree);
    rewrite.visit(tree);
    TimeBuckets.of(tree).forEach(rewrite::countBuckets);
    return rewrite.apply(sql);
  }

  /** The tree of a statement whose time is pinned; itself if it does not ask for it. */
  static JsonNode pinNow(String sql, JsonNode tree, Instant now) {
    Rewrite rewrite = new Rewrite(sql, now);
    rewrite.visitNow(tree);
    if (rewrite.splices.isEmpty()) {
      return tree;
    }
    JsonNode copy = tree.deepCopy();
    rewrite.pinBelow(copy, now.toString());
    return copy;
  }

  private void pinBelow(JsonNode node, String time) {
    if (node instanceof ObjectNode object) {
      object.properties().forEach(field -> field.setValue(pinned(field.getValue(), time)));
    } else if (node instanceof ArrayNode array) {
      for (int i = 0; i < array.size(); i++) {
        array.set(i, pinned(array.get(i), time));
      }
    }
  }

  /** A literal as the parser gives it, if the node asks for the time. */
  private JsonNode pinned(JsonNode node, String time) {
    Optional<Pattern> asks = askingNow(node);
    if (asks.isEmpty() || !isFound(asks.get(), node.path("query_location"))) {
      pinBelow(node, time);
      return node;
    }
    ObjectNode cast = JsonNodeFactory.instance.objectNode();
    cast.put("class", "CAST").put("type", "OPERATOR_CAST");
    cast.set("alias", node.path("alias"));
    cast.set("query_location", node.path("query_location"));
    ObjectNode text = cast.putObject("child");
    text.put("class", "CONSTANT").put("type", "VALUE_CONSTANT").put("alias", "");
    text.set("query_location", node.path("query_location"));
    ObjectNode value = text.putObject("value");
    value.putObject("type").put("id", "VARCHAR").putNull("type_info");
    value.put("is_null", false).put("value", time);
    cast.putObject("cast_type").put("id", "TIMESTAMP WITH TIME ZONE").putNull("type_info");
    cast.put("try_cast", false);
    return cast;
  }

  private void visitNow(JsonNode node) {
    askingNow(node).ifPresent(pattern -> replace(pattern, node.path("query_location"), now));
    node.forEach(this::visitNow);
  }

  /** What the text of a node looks like that asks for the time. */
  private static Optional<Pattern> askingNow(JsonNode node) {
    if (Statements.isFunction(node)
        && node.path("children").isEmpty()
        && NOW_CALLS.contains(Statements.functionName(node))) {
      return Optional.of(EMPTY_CALL);
    }
    return Statements.isColumn(node) && Statements.columnName(node).equals("current_timestamp")
        ? Optional.of(NOW)
        : Optional.empty();
  }

  private void visit(JsonNode node) {
    if (Statements.isFunction(node)) {
      visitFunction(
          Statements.functionName(node), node.path("children"), node.path("query_location"));
    }
    node.forEach(this::visit);
  }

  private void visitFunction(String name, JsonNode children, JsonNode location) {
    if (children.isEmpty()) {
      switch (name) {
        case "average" -> replace(EMPTY_CALL, location, "(sum(\"sum\") / sum(\"count\"))");
        case NEWEST ->
            replace(
                EMPTY_CALL,
                location,
                "(max({'at': last_at, 'value': \"last\"}) FILTER (WHERE last_at IS NOT NULL)).value");
        default -> {
          // as it stands
        }
      }
    } else if (children.size() == 1 && WITH_SKETCH.containsKey(name)) {
      replace(CALL, location, WITH_SKETCH.get(name));
    } else if (children.size() == 1 && name.equals("rate")) {
      replace(CALL, location, "rate_of(sum(\"sum\"), ");
    }
  }

  private void countBuckets(List<JsonNode> calls) {
    if (calls.stream().allMatch(call -> isFound(CALL, call.path("query_location")))) {
      calls.forEach(call -> replace(CALL, call.path("query_location"), "bucket_utc("));
    }
  }

  private boolean isFound(Pattern pattern, JsonNode location) {
    long at = location.asLong(-1);
    return at >= 0 && at < bytes.length && pattern.matcher(latin).find((int) at);
  }

  private void replace(Pattern pattern, JsonNode location, String text) {
    if (isFound(pattern, location)) {
      Matcher matcher = pattern.matcher(latin);
      matcher.find(location.asInt());
      splices.add(new Splice(matcher.start(), matcher.end(), text));
    }
  }

  private String apply(String sql) {
    if (splices.isEmpty()) {
      return sql;
    }
    splices.sort(Comparator.comparingInt(Splice::from));
    StringBuilder result = new StringBuilder();
    int at = 0;
    for (Splice splice : splices) {
      result.append(new String(bytes, at, splice.from() - at, UTF_8)).append(splice.text());
      at = splice.to();
    }
    return result.append(new String(bytes, at, bytes.length - at, UTF_8)).toString();
  }

  /** Whether a call of that function with so many arguments is one of the short forms. */
  static boolean isShort(String function, int arguments) {
    return (arguments == 1 && (WITH_SKETCH.containsKey(function) || function.equals("rate")))
        || (arguments == 0 && (function.equals("average") || function.equals(NEWEST)));
  }
}
