package tidemark.cli.definition;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tidemark.cli.sql.SqlAnswer;
import tidemark.cli.sql.SqlQuestion;
import tidemark.cli.sql.SqlReflection;
import tidemark.state.definition.Definition;

final class SeriesCountTest {
  private static final int PAGE_ROWS = 7;
  private static final Pattern FROM_ID = Pattern.compile("series_id >= (-?\\d+)");

  /** Rows of the series table: id, metric, type, tags. */
  private final List<List<String>> table = new ArrayList<>();

  private final List<String> asked = new ArrayList<>();

  private static Definition definition(String entry) {
    return DefinitionFile.parse(entry, "f").wanted().get(0).as(1, 0);
  }

  /**
   * Answers page by page, as the statement asks; its condition on metrics is left to the reader.
   */
  private SqlAnswer answer(SqlQuestion question) {
    asked.add(question.sql());
    assertThat(question.sql()).endsWith(" ORDER BY series_id LIMIT " + PAGE_ROWS);
    Matcher from = FROM_ID.matcher(question.sql());
    long fromId = from.find() ? Long.parseLong(from.group(1)) : Long.MIN_VALUE;
    return new SqlAnswer(
        List.of(),
        table.stream()
            .filter(row -> Long.parseLong(row.get(0)) >= fromId)
            .sorted(Comparator.comparingLong(row -> Long.parseLong(row.get(0))))
            .limit(PAGE_ROWS)
            .toList(),
        SqlReflection.NONE);
  }

  @Test
  void everySeriesIsCountedOnceAndSoIsWhatComesOut() {
    for (long seed = 0; seed < 200; seed++) {
      table.clear();
      Random random = new Random(seed);
      Set<List<String>> out = new HashSet<>();
      Set<String> groups = new HashSet<>();
      int in = 0;
      int inMonitor = 0;
      for (int i = random.nextInt(60); i > 0; i--) {
        long id = random.nextInt(1_000_000) - 500_000L;
        String metric = random.nextInt(3) == 0 ? "other" : "http." + random.nextInt(3);
        String service = random.nextInt(4) == 0 ? "test" + i : "s" + random.nextInt(3);
        String host = "h" + random.nextInt(9);
        for (String type : random.nextBoolean() ? List.of("gauge") : List.of("gauge", "counter")) {
          String tags = "{\"service\":\"%s\",\"host\":\"%s\"}".formatted(service, host);
          table.add(List.of(Long.toString(id), metric, type, tags));
          if (metric.startsWith("http.") && !service.startsWith("test")) {
            in++;
            out.add(List.of(metric, service));
          }
          if (metric.startsWith("http.") && type.equals("counter")) {
            inMonitor++;
            groups.add(host);
          }
        }
      }
      SeriesCount rule =
          SeriesCount.of(
              definition(
                  "{org: a, rules: [{name: r, metric: http.*, where: {service: '!test*'}, keep:"
                      + " [service], max_series: 5}]}"),
              this::answer,
              PAGE_ROWS);
      assertThat(rule).as("seed %d", seed).isEqualTo(new SeriesCount(in, out.size(), 5));
      assertThat(rule.isTooMany()).isEqualTo(out.size() > 5);
      SeriesCount monitor =
          SeriesCount.of(
              definition(
                  "{org: a, monitors: [{name: m, metric: http.*, type: counter, measure: sum,"
                      + " group_by: [host], window: 10s, alert: 1}]}"),
              this::answer,
              PAGE_ROWS);
      assertThat(monitor)
          .as("seed %d", seed)
          .isEqualTo(new SeriesCount(inMonitor, groups.size(), 1000));
    }
  }

  @Test
  void theStatementNamesNoMoreThanThePattern() {
    SeriesCount unused =
        SeriesCount.of(
            definition("{org: a, rules: [{name: r, metric: \"it's\", keep: []}]}"),
            this::answer,
            PAGE_ROWS);
    unused =
        SeriesCount.of(
            definition("{org: a, rules: [{name: r, metric: \"a'*b\", keep: []}]}"),
            this::answer,
            PAGE_ROWS);
    assertThat(asked.get(0)).contains(" WHERE metric = 'it''s' AND ");
    assertThat(asked.get(1)).contains(" WHERE metric LIKE 'a''%b' AND ");
  }
}
