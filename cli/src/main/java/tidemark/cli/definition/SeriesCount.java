package tidemark.cli.definition;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import tidemark.cli.process.ProcessFailedException;
import tidemark.cli.sql.SqlAnswer;
import tidemark.cli.sql.SqlQuestion;
import tidemark.state.MetricType;
import tidemark.state.SeriesIdentity;
import tidemark.state.definition.AggregationRule;
import tidemark.state.definition.Definition;
import tidemark.state.definition.Monitor;
import tidemark.state.definition.Removal;
import tidemark.state.definition.SeriesFilter;

/**
 * How many live series go into a definition, and how many coarser ones, or groups, come out.
 *
 * <p>Live is what had a point in the last day or so: the series table knows days. Reads the series
 * of the org page by page; keeps eight bytes, boxed, for each series that comes out.
 *
 * @param in live series that it takes
 * @param out coarser series of a rule, groups of a monitor
 * @param limit what the definition allows to come out
 */
public record SeriesCount(long in, long out, long limit) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int PAGE_ROWS = 50_000;

  public boolean isTooMany() {
    return out > limit;
  }

  /**
   * Counts for one definition.
   *
   * @param gateway answers for the definition's org
   */
  public static SeriesCount of(Definition definition, Function<SqlQuestion, SqlAnswer> gateway) {
    return of(definition, gateway, PAGE_ROWS);
  }

  static SeriesCount of(
      Definition definition, Function<SqlQuestion, SqlAnswer> gateway, int pageRows) {
    Counter counter = new Counter(definition);
    String next = "";
    while (true) {
      List<List<String>> page =
          gateway.apply(SqlQuestion.of(sql(counter.filter, next, pageRows))).rows();
      boolean isLast = page.size() < pageRows;
      String lastId = page.isEmpty() ? "" : page.get(page.size() - 1).get(0);
      for (List<String> row : page) {
        // One id may have a row for each type, of which the page may lack some: all of them come
        // again at the start of the next one.
        if (isLast || !row.get(0).equals(lastId)) {
          counter.add(row);
        }
      }
      if (isLast) {
        return counter.count();
      }
      next = lastId;
    }
  }

  /** The pattern is coarser than the definition's, which decides in the end. */
  private static String sql(SeriesFilter filter, String fromId, int pageRows) {
    String metric = filter.metric().text().replace("'", "''");
    return "SELECT series_id, metric, type, CAST(to_json(tags) AS VARCHAR) AS tags FROM series WHERE "
        + (filter.metric().isLiteral()
            ? "metric = '" + metric + "'"
            : "metric LIKE '" + metric.replace('*', '%') + "'")
        + " AND last_seen >= now() - INTERVAL 1 DAY"
        + (fromId.isEmpty() ? "" : " AND series_id >= " + fromId)
        + " ORDER BY series_id LIMIT "
        + pageRows;
  }

  /** What one definition makes of the series that it is shown. */
  private static final class Counter {
    private final Definition definition;
    private final SeriesFilter filter;
    private final long limit;
    private final Set<Long> out = new HashSet<>();
    private long in;

    private Counter(Definition definition) {
      this.definition = definition;
      if (definition instanceof AggregationRule rule) {
        filter = rule.filter();
        limit = rule.maxSeries();
      } else if (definition instanceof Monitor monitor) {
        filter = monitor.filter();
        limit = monitor.maxGroups();
      } else {
        throw new IllegalArgumentException("a removal takes no series: " + (Removal) definition);
      }
    }

    private void add(List<String> row) {
      SeriesIdentity series = new SeriesIdentity(definition.org(), row.get(1), tags(row.get(3)));
      MetricType type = MetricType.ofLabel(row.get(2));
      if (definition instanceof AggregationRule rule && rule.takes(series, type)) {
        in++;
        out.add(rule.coarser(series).hash()[0]);
      } else if (definition instanceof Monitor monitor && monitor.takes(series, type)) {
        in++;
        out.add(monitor.gathered(series).hash()[0]);
      }
    }

    private SeriesCount count() {
      return new SeriesCount(in, out.size(), limit);
    }

    private static List<String> tags(String json) {
      try {
        ObjectNode object = (ObjectNode) JSON.readTree(json);
        Set<String> tags = new TreeSet<>();
        object.properties().forEach(tag -> tags.add(tag.getKey() + ":" + tag.getValue().asText()));
        return new ArrayList<>(tags);
      } catch (JsonProcessingException | ClassCastException e) {
        throw new ProcessFailedException("tags must be a JSON object, got " + json, e);
      }
    }
  }
}
