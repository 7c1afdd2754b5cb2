package tidemark.gateway.walls;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class FunctionListTest {

  /**
   * @param isTable whether it stands in FROM
   */
  record Known(String name, boolean isTable) {}

  /** A DuckDB with new functions must be read through before it may be used. */
  @Test
  void everyFunctionIsAllowedOrWasRefusedByHand() throws Exception {
    Set<String> unread = new TreeSet<>();
    for (Known known : known()) {
      if (!isAllowed(known) && !isRefused(known)) {
        unread.add((known.isTable() ? "t " : "") + known.name());
      }
    }
    assertThat(unread).isEmpty();
  }

  @Test
  void noFunctionIsAllowedAndRefused() throws Exception {
    Set<String> both = new TreeSet<>();
    for (Known known : known()) {
      if (isAllowed(known) && isRefused(known)) {
        both.add(known.name());
      }
    }
    assertThat(both).isEmpty();
  }

  @Test
  void everyAllowedFunctionExists() throws Exception {
    Set<String> names = new TreeSet<>();
    known().forEach(known -> names.add(known.name()));
    assertThat(names)
        .containsAll(FunctionList.EXPRESSIONS)
        .containsAll(FunctionList.WINDOWS)
        .containsAll(FunctionList.TABLES);
  }

  /** A refused function that DuckDB has no more should leave the list. */
  @Test
  void everyRefusedFunctionExists() throws Exception {
    List<String> gone = new ArrayList<>(refused());
    for (Known known : known()) {
      gone.removeIf(line -> matches(line, known));
    }
    assertThat(gone).isEmpty();
  }

  @Test
  void theListsAreOfWordsThatReachOut() {
    assertThat(FunctionList.EXPRESSIONS)
        .doesNotContain(
            "getenv",
            "current_setting",
            "getvariable",
            "current_query",
            "error",
            "setseed",
            "sleep_ms",
            "pg_sleep",
            "stats",
            "nextval",
            "write_log",
            "json_serialize_plan");
    assertThat(FunctionList.TABLES)
        .noneMatch(name -> name.matches("(read|parquet|duckdb|pragma|query|sniff|glob).*"));
  }

  private static boolean isAllowed(Known known) {
    return known.isTable()
        ? FunctionList.TABLES.contains(known.name())
        : FunctionList.EXPRESSIONS.contains(known.name())
            || FunctionList.WINDOWS.contains(known.name());
  }

  private static boolean isRefused(Known known) {
    return refused().stream().anyMatch(line -> matches(line, known));
  }

  private static boolean matches(String line, Known known) {
    boolean isTable = line.startsWith("t ");
    String name = isTable ? line.substring(2) : line;
    String pattern = Pattern.quote(name).replace("*", "\\E.*\\Q");
    return isTable == known.isTable() && known.name().matches(pattern);
  }

  private static List<String> refused() {
    return AttackList.lines("/walls/refused-functions.txt").stream()
        .filter(line -> !line.isEmpty() && !line.startsWith("#"))
        .toList();
  }

  /** All of the engine but PRAGMAs, which are statements of their own. */
  private static Set<Known> known() throws Exception {
    Set<Known> known = new java.util.HashSet<>();
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT DISTINCT function_name, function_type FROM duckdb_functions()"
                    + " WHERE function_type <> 'pragma'")) {
      while (rows.next()) {
        known.add(
            new Known(
                rows.getString(1).toLowerCase(Locale.ROOT), rows.getString(2).startsWith("table")));
      }
    }
    assertThat(known).hasSizeGreaterThan(500);
    return known;
  }
}
