package tidemark.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static tidemark.gateway.Rows.points;
import static tidemark.gateway.Rows.rollup;
import static tidemark.gateway.Rows.series;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tidemark.gateway.Rows.RowKey;
import tidemark.state.MetricType;

class SqlCommandLineTest {
  private static final RowKey LOAD = RowKey.of("load", 1, MetricType.GAUGE);

  @TempDir private Path directory;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @Test
  void rowsAndTheirEpochArePrinted() {
    try (StoredTables tables = StoredTables.local(directory)) {
      tables.commit(
          42,
          List.of(
              rollup(LOAD, points(0.5, 2.25)),
              rollup(RowKey.of("requests", 2, MetricType.COUNTER), points(10))),
          List.of(series(LOAD, Map.of("host", "a\u001b[31m"))));

      int code =
          run(
              "SELECT metric, window_start, sum, last, tags FROM points ORDER BY metric",
              tables.properties());

      assertThat(err.toString(UTF_8)).isEmpty();
      assertThat(code).isZero();
      assertThat(out.toString(UTF_8))
          .isEqualTo(
              """
               metric   | window_start      | sum  | last | tags
              ----------+-------------------+------+------+-------------
               load     | 2026-03-01T10:00Z | 2.75 | 2.25 | host:a [31m
               requests | 2026-03-01T10:00Z | 10.0 |      |
              (2 rows)
              epoch: checkpoint 42 of lineage lineage-1, watermark 2023-11-14T22:20:20Z (heartbeat)
              """);
    }
  }

  @Test
  void errorsAreOneMessageAndNoStackTrace() {
    try (StoredTables tables = StoredTables.local(directory)) {
      assertThat(run("SELECT 1", tables.properties())).isEqualTo(1);
      tables.commit(1, List.of(rollup(LOAD, points(1))), List.of());
      assertThat(run("DROP VIEW points", tables.properties())).isEqualTo(1);
      assertThat(run("SELECT lod FROM points", tables.properties())).isEqualTo(1);
      assertThat(run("SELECT 1", Map.of())).isEqualTo(1);
    }
    assertThat(out.toString(UTF_8)).isEmpty();
    assertThat(err.toString(UTF_8))
        .startsWith("error: nothing is stored yet")
        .contains("error: only SELECT, WITH, ")
        .contains("error: Binder Error: Referenced column \"lod\" not found")
        .contains("error: uri and warehouse of the catalog must be given")
        .doesNotContain("Exception", "\tat ");
  }

  private int run(String sql, Map<String, String> properties) {
    return SqlCommandLine.run(
        sql, properties, new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8));
  }
}
