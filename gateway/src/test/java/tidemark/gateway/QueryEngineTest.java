package tidemark.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The second line of defence: statements that {@link StatementCheck} would never let through. */
class QueryEngineTest {
  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "COPY (SELECT 1) TO '%s/out.csv'",
        "COPY (SELECT 1) TO '%s/allowed.csv'",
        "ATTACH '%s/other.db'",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM '%s/secret.csv'",
        "SELECT * FROM glob('/etc/*')",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "SET allowed_paths = ['/etc/passwd']",
        "SET memory_limit = '100GB'",
        "SELECT getenv('HOME')",
      })
  void theEngineItselfOpensNothingElse(String sql) throws IOException {
    Path allowed = Files.writeString(directory.resolve("allowed.csv"), "a\n1\n");
    Files.writeString(directory.resolve("secret.csv"), "a\n1\n");
    try (QueryEngine engine = new QueryEngine(List.of(allowed), List.of(), "1GB")) {
      assertThatThrownBy(() -> engine.query(unchecked(sql.formatted(directory))))
          .isInstanceOf(GatewayException.class);
      assertThat(engine.query(unchecked("SELECT 1")).single()).isEqualTo(1);
    }
    try (var files = Files.list(directory)) {
      assertThat(files).hasSize(2);
    }
    assertThat(allowed).hasContent("a\n1\n");
  }

  @Test
  void allowedFilesAreReadable() throws IOException {
    Path allowed = Files.writeString(directory.resolve("it's.csv"), "a\n7\n");
    try (QueryEngine engine =
        new QueryEngine(
            List.of(allowed),
            List.of(
                "CREATE VIEW v AS SELECT * FROM read_csv(%s)"
                    .formatted(StoredViews.list(List.of(allowed)))),
            "1GB")) {
      assertThat(engine.query(unchecked("SELECT a FROM v")).single()).isEqualTo(7L);
    }
  }

  @Test
  void listsAndBlobsOutliveTheirResult() {
    try (QueryEngine engine = new QueryEngine(List.of(), List.of(), "1GB")) {
      List<Object> row =
          engine
              .query(unchecked("SELECT [1, 2], '\\x01\\xFF'::BLOB, NULL, MAP {'a': 'b'}"))
              .rows()
              .get(0);
      assertThat(row.get(0)).isEqualTo(List.of(1, 2));
      assertThat((byte[]) row.get(1)).containsExactly(1, -1);
      assertThat(row.get(2)).isNull();
      assertThat(row.get(3)).hasToString("{a=b}");
    }
  }

  @Test
  void tooLittleMemoryIsAnError() {
    try (QueryEngine engine = new QueryEngine(List.of(), List.of(), "50MB")) {
      assertThatThrownBy(
              () ->
                  engine.query(
                      unchecked(
                          "SELECT count(*) FROM (SELECT DISTINCT range FROM range(50000000))")))
          .isInstanceOf(GatewayException.class)
          .hasMessageContaining("Out of Memory");
      assertThat(engine.query(unchecked("SELECT 1")).single()).isEqualTo(1);
    }
  }

  @Test
  void tooManyRowsAreAnError() {
    try (QueryEngine engine = new QueryEngine(List.of(), List.of(), "1GB")) {
      assertThatThrownBy(() -> engine.query(unchecked("SELECT * FROM range(1000001)")))
          .isInstanceOf(GatewayException.class)
          .hasMessage("an answer may have 1000000 rows: add a LIMIT or a GROUP BY");
    }
  }

  @Test
  void messagesLoseTheirWrapping() {
    assertThat(
            QueryEngine.messageOf(
                new SQLException(
                    "Invalid Input Error: java.lang.IllegalArgumentException: bad 7\n\tat A.b(C:1)")))
        .isEqualTo("bad 7");
    assertThat(QueryEngine.messageOf(new SQLException("Parser Error: x")))
        .isEqualTo("Parser Error: x");
  }

  private static StatementCheck.Checked unchecked(String sql) {
    return new StatementCheck.Checked(sql, Set.of(), false);
  }
}
