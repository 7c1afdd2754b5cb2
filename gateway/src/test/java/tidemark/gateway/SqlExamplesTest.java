package tidemark.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static tidemark.gateway.Rows.points;
import static tidemark.gateway.Rows.rollup;
import static tidemark.gateway.Rows.series;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.iceberg.data.Record;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tidemark.gateway.Rows.RowKey;
import tidemark.state.MetricType;

/** docs/sql.md says nothing that does not run: each of its examples gives rows. */
class SqlExamplesTest {
  private static final Path PAGE = Path.of("..", "docs", "sql.md");
  private static final Pattern EXAMPLE = Pattern.compile("```sql\n(.*?)```", Pattern.DOTALL);

  @TempDir private Path directory;

  @Test
  void everyExampleOfThePageGivesRows() throws IOException {
    RowKey cpu = RowKey.of("process.cpu.percent", 1, MetricType.GAUGE);
    RowKey memory = RowKey.of("memory.used_bytes", 2, MetricType.GAUGE);
    RowKey requests = RowKey.of("network.received_bytes", 3, MetricType.COUNTER);
    RowKey latency = RowKey.of("agent.send_ms", 4, MetricType.DISTRIBUTION);
    List<Record> rows = new ArrayList<>();
    List<Record> seriesRows = new ArrayList<>();
    for (RowKey key : List.of(cpu, memory, requests, latency)) {
      rows.add(rollup(key, points(1, 2)));
      rows.add(rollup(key.in(60, Rows.WINDOW), points(1, 2)));
      seriesRows.add(series(key, Map.of("host", "a", "process", "java")));
    }
    try (StoredTables tables = StoredTables.local(directory)) {
      tables.commit(1, rows, seriesRows);
      try (SqlReader reader = SqlReader.open(tables.properties())) {
        List<String> examples = examples();
        assertThat(examples).hasSizeGreaterThan(5);
        for (String example : examples) {
          assertThat(reader.query(example).rows()).as(example).isNotEmpty();
        }
        assertThat(reader.query("DESCRIBE points").rows().stream().map(row -> row.get(0)))
            .allSatisfy(column -> assertThat(Files.readString(PAGE)).contains("`" + column + "`"));
      }
    }
  }

  private static List<String> examples() throws IOException {
    List<String> examples = new ArrayList<>();
    Matcher matcher = EXAMPLE.matcher(Files.readString(PAGE));
    while (matcher.find()) {
      examples.add(matcher.group(1));
    }
    return examples;
  }
}
