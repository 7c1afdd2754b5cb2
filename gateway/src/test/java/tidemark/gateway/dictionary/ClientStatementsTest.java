package tidemark.gateway.dictionary;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tidemark.gateway.ask.PreparedQuery;
import tidemark.gateway.ask.ValueType;

/**
 * Statements as clients sent them: psql 15 and pgjdbc 42.7 to a PostgreSQL that logged them; and
 * questions of the kinds that explorers and dashboards ask of a catalog ({@code questions.sql}).
 *
 * <p>{@code answers.txt} is what PostgreSQL 15.18 answered that had the same relations and
 * functions ({@link SampleSchema}), with its object ids replaced by ours. What it does not list
 * differs by intent: no rows about indexes, operators, other databases and roles.
 */
final class ClientStatementsTest {
  private static final List<String> FILES = List.of("psql.sql", "pgjdbc.sql", "questions.sql");

  /** What a column may be where PostgreSQL has a type that {@link ValueType} has not. */
  private static final Map<String, List<String>> INSTEAD =
      Map.of(
          "name", List.of("text"),
          "regclass", List.of("text"),
          "regproc", List.of("text"),
          "regoperator", List.of("text"),
          "varchar", List.of("text"),
          "_aclitem", List.of("_text"),
          "_char", List.of("_text"),
          "xid", List.of("oid"),
          "text", List.of("int4"),
          "int4", List.of("int8"));

  private static Dictionary dictionary;
  private static DictionarySession session;

  @BeforeAll
  static void open() {
    dictionary = Dictionary.of(SampleSchema.schema());
    session = dictionary.open("tidemark", 7, Map::of);
  }

  @AfterAll
  static void close() {
    session.close();
    dictionary.close();
  }

  @Test
  void everyStatementIsForTheDictionaryAndRuns() {
    int count = 0;
    for (String file : FILES) {
      for (Captured captured : Captured.of(file)) {
        assertThat(session.concerns(captured.sql())).as(captured.sql()).isTrue();
        assertThat(Answers.lines(session, captured.sql(), parameters(captured)))
            .as(captured.sql())
            .isNotEmpty();
        count++;
      }
    }
    assertThat(count).isGreaterThan(150);
  }

  @Test
  void answersAreThoseOfPostgres() {
    Map<String, List<String>> answers = answers();
    int compared = 0;
    for (String file : FILES) {
      int number = 0;
      for (Captured captured : Captured.of(file)) {
        List<String> expected = answers.get(file + " " + ++number);
        if (expected != null) {
          List<String> actual = new ArrayList<>();
          for (String line : Answers.lines(session, captured.sql(), parameters(captured))) {
            actual.add(line.replace("\n", "\\n"));
          }
          assertThat(actual.subList(1, actual.size()))
              .as("%s %d: %s", file, number, captured.sql())
              .isEqualTo(expected.subList(1, expected.size()));
          assertSameColumns(captured.sql(), actual.get(0), expected.get(0));
          compared++;
        }
      }
    }
    assertThat(compared).isEqualTo(answers.size()).isGreaterThan(100);
  }

  private static void assertSameColumns(String sql, String actual, String expected) {
    String[] ours = actual.split("\\|", -1);
    String[] theirs = expected.split("\\|", -1);
    assertThat(ours).as(sql).hasSameSizeAs(theirs);
    for (int column = 0; column < ours.length; column++) {
      int space = theirs[column].lastIndexOf(' ');
      String name = theirs[column].substring(0, space + 1);
      String type = theirs[column].substring(space + 1);
      List<String> allowed = new ArrayList<>(INSTEAD.getOrDefault(type, List.of()));
      allowed.add(type);
      assertThat(allowed.stream().map(name::concat)).as(sql).contains(ours[column]);
    }
  }

  private static Map<String, List<String>> answers() {
    Map<String, List<String>> answers = new LinkedHashMap<>();
    List<String> answer = new ArrayList<>();
    for (String line : Resources.lines("answers.txt")) {
      if (line.startsWith("== ")) {
        answer = new ArrayList<>();
        answers.put(line.substring(3), answer);
      } else {
        answer.add(line);
      }
    }
    return answers;
  }

  /** As captured; where none were, something of the type that is asked for. */
  private static List<Object> parameters(Captured captured) {
    if (!captured.parameters().isEmpty()) {
      return List.copyOf(captured.parameters());
    }
    try (PreparedQuery query = session.prepare(captured.sql())) {
      return Arrays.asList(
          query.parameterTypes().stream()
              .map(type -> type == ValueType.OID ? (Object) 2200L : "points")
              .toArray());
    }
  }
}
