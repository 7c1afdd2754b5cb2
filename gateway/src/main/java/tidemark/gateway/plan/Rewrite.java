package tidemark.gateway.plan;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
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

  /** The statement with the time pinned; itself if it does not ask for it. */
  static String pinNow(String sql, JsonNode tree, Instant now) {
    Rewrite rewrite = new Rewrite(sql, now);
    rewrite.visitNow(tree);
    return rewrite.apply(sql);
  }

  /** The statement with short forms spelled out; itself if there are none. */
  static String spellOut(String sql, JsonNode tree) {
    Rewrite rewrite = new Rewrite(sql, Instant.EPOCH);
    rewrite.visit(tree);
    TimeBuckets.of(tree).forEach(rewrite::countBuckets);
    return rewrite.apply(sql);
  }

  private void visitNow(JsonNode node) {
    boolean isCall =
        Statements.isFunction(node)
            && node.path("children").isEmpty()
            && NOW_CALLS.contains(Statements.functionName(node));
    if (isCall) {
      replace(EMPTY_CALL, node.path("query_location"), now);
    } else if (Statements.isColumn(node)
        && Statements.columnName(node).equals("current_timestamp")) {
      replace(NOW, node.path("query_location"), now);
    }
    node.forEach(this::visitNow);
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
