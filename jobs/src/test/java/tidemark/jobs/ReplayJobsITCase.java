package tidemark.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.util.JsonUtil;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tidemark.operators.compare.CompareConfig;
import tidemark.operators.publish.PublishConfig;
import tidemark.serde.catalog.CatalogAddress;
import tidemark.serde.catalog.ReplayBranch;
import tidemark.serde.catalog.ReplayOrigin;
import tidemark.serde.catalog.ReplaySide;
import tidemark.serde.catalog.TableCatalog;
import tidemark.serde.partial.SeriesEntry;
import tidemark.serde.table.RollupFileReader;
import tidemark.serde.table.RollupRows;
import tidemark.serde.table.SeriesRows;
import tidemark.serde.table.TableFileWriter;
import tidemark.state.MetricNames;
import tidemark.state.MetricType;
import tidemark.state.PartialRow;
import tidemark.state.SeriesIdentity;
import tidemark.state.selection.PointSelection;

/** Comparing, publishing and undoing as jobs of a real cluster. */
class ReplayJobsITCase {
  private static final long HOUR_MS = 3_600_000L;
  private static final long START_MS = 20_454 * 24 * HOUR_MS;
  private static final SeriesIdentity HOST = new SeriesIdentity("acme", "hits", List.of("host:a"));

  @TempDir Path folder;
  private CatalogAddress address;
  private TableCatalog catalog;
  private int files;

  @BeforeEach
  void openTables() {
    address =
        new CatalogAddress(
            "jdbc:sqlite:" + folder.resolve("catalog.db"),
            "tidemark",
            "file://" + folder.resolve("warehouse"));
    catalog = new TableCatalog(address);
  }

  @AfterEach
  void closeTables() throws IOException {
    catalog.close();
  }

  @Test
  void aBugIsFoundPublishedAwayAndPutBack() throws Exception {
    epoch("main", 1, 0, Map.of(0, 5.0, 1, 7.0));
    Snapshot base = epoch("main", 2, START_MS + 3 * HOUR_MS, Map.of(1, 1.0, 2, 99.0));
    for (String name : List.of("fix", "second")) {
      ReplayBranch.create(
          catalog,
          name,
          new ReplayOrigin(
              base.snapshotId(),
              "2-00000000",
              "{}",
              PointSelection.ALL,
              ReplayOrigin.Coarser.AS_IT_IS));
      epoch(name, 1, Long.MAX_VALUE, Map.of(0, 5.0, 1, 8.0, 2, 2.0));
    }
    epoch("main", 3, START_MS + 4 * HOUR_MS, Map.of(0, 100.0)); // late
    Map<Integer, Double> before = Map.of(0, 105.0, 1, 8.0, 2, 99.0);
    Map<Integer, Double> after = Map.of(0, 105.0, 1, 8.0, 2, 2.0);

    JsonNode found = compare("fix", "main");
    assertThat(found.path("equal").asBoolean()).isFalse();
    assertThat(found.path("counts").path("equal").asInt()).isEqualTo(2);
    assertThat(found.path("counts").path("different").asInt()).isEqualTo(1);
    JsonNode row = found.path("rows").get(0);
    assertThat(row.path("tags").get(0).asText()).isEqualTo("host:a");
    assertThat(row.path("columns").get(0).asText()).isEqualTo("sum");
    assertThat(row.path("left_epochs").get(0).path("checkpoint").asInt()).isEqualTo(2);
    assertThatThrownBy(() -> publish(PublishConfig.Action.PUBLISH, "one"))
        .rootCause()
        .hasMessageContaining("cannot be published");
    assertThat(read("main")).isEqualTo(before);

    assertThat(compare("fix", "second").path("equal").asBoolean()).isTrue();
    publish(PublishConfig.Action.DRY_RUN, "two");
    assertThat(read("main")).isEqualTo(before);
    JsonNode published = publish(PublishConfig.Action.PUBLISH, "three");
    assertThat(read("main")).isEqualTo(after);
    assertThat(published.path("rows_added").asInt()).isEqualTo(3);
    Snapshot head = catalog.rollups().currentSnapshot();
    assertThat(head.summary())
        .containsEntry("tidemark.maintenance", "publish")
        .containsEntry("tidemark.publish-branch", "fix")
        .containsEntry("tidemark.publish-base", Long.toString(base.snapshotId()))
        .doesNotContainKey("tidemark.lineage");
    assertThat(head.summary().get("tidemark.publish-gate")).contains("\"equal\":true");

    publish(PublishConfig.Action.UNDO, "four");
    assertThat(read("main")).isEqualTo(before);

    publish(PublishConfig.Action.PUBLISH, "five");
    assertThat(publish(PublishConfig.Action.SETTLE, "six").path("action").asText())
        .isEqualTo("settle");
    assertThatThrownBy(() -> publish(PublishConfig.Action.UNDO, "seven"))
        .rootCause()
        .hasMessageContaining("its publishing was settled");
    assertThat(read("main")).isEqualTo(after);
  }

  private JsonNode compare(String branch, String other) throws Exception {
    String report = folder.resolve("compare-%s-%s.json".formatted(branch, other)).toString();
    StreamExecutionEnvironment env = environment();
    CompareConfig config =
        new CompareConfig(
            branch,
            other,
            Long.MIN_VALUE,
            Long.MAX_VALUE,
            CompareConfig.Completeness.REQUIRED,
            "file://" + report,
            1 << 20);
    CompareJob.build(env, config, address, 2);
    env.execute("compare");
    return JsonUtil.mapper().readTree(Files.readString(Path.of(report)));
  }

  private JsonNode publish(PublishConfig.Action action, String name) throws Exception {
    String report = folder.resolve(name + ".json").toString();
    StreamExecutionEnvironment env = environment();
    PublishJob.build(
        env,
        new PublishConfig(
            "fix", Long.MIN_VALUE, Long.MAX_VALUE, action, "", "file://" + report, 1 << 20),
        address,
        2);
    env.execute("publish");
    return JsonUtil.mapper().readTree(Files.readString(Path.of(report)));
  }

  private static StreamExecutionEnvironment environment() {
    Configuration settings = CompareJob.required();
    settings.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    return StreamExecutionEnvironment.createLocalEnvironment(2, settings);
  }

  /** One file of the 1 h tier, a row for each hour. */
  private Snapshot epoch(String branch, int checkpoint, long watermarkMs, Map<Integer, Double> sums)
      throws IOException {
    MetricNames names = new MetricNames(1);
    RollupRows rows = new RollupRows(names);
    new TreeMap<>(sums)
        .forEach(
            (hour, sum) -> {
              PartialRow row = new PartialRow();
              row.type = MetricType.COUNTER;
              row.name = names.number(MetricType.COUNTER, HOST.org(), HOST.metric());
              row.seriesId = HOST.hash()[0];
              row.windowStartMs = START_MS + hour * HOUR_MS;
              row.count = 1L + (branch.equals("main") || hour != 1 ? 0 : 1);
              row.sum = sum;

              rows.add(row);
            });
    Table series = catalog.series();
    SeriesRows entries = new SeriesRows();
    entries.add(new SeriesEntry(HOST.hash()[0], 0, MetricType.COUNTER, HOST, START_MS, START_MS));
    series
        .newAppend()
        .toBranch(branch)
        .appendFile(
            TableFileWriter.writeSeries(
                entries,
                series.io().newOutputFile(series.location() + "/data/" + files++ + ".parquet")))
        .commit();
    return append(branch, checkpoint, watermarkMs, rows);
  }

  private Snapshot append(String branch, int checkpoint, long watermarkMs, RollupRows rows)
      throws IOException {
    Table table = catalog.rollups();
    String partition = "tier=3600/window_start_day=2026-01-01";
    DataFile file =
        TableFileWriter.writeRollups(
            rows,
            3600,
            partition,
            table
                .io()
                .newOutputFile(
                    "%s/data/%s/%d.parquet".formatted(table.location(), partition, files++)));
    AppendFiles append = table.newAppend().toBranch(branch).appendFile(file);
    append.set("tidemark.lineage", "of-" + branch);
    append.set("tidemark.checkpoint", Integer.toString(checkpoint));
    append.set("tidemark.epoch", checkpoint + "-00000000");
    append.set("tidemark.watermark-ms", Long.toString(watermarkMs));
    append.commit();
    table.refresh();
    return table.snapshot(table.refs().get(branch).snapshotId());
  }

  private Map<Integer, Double> read(String branch) throws IOException {
    Table table = catalog.rollups();
    Map<Integer, Double> sums = new TreeMap<>();
    PartialRow row = new PartialRow();
    for (DataFile file : ReplaySide.files(table, table.refs().get(branch).snapshotId())) {
      try (RollupFileReader reader =
          new RollupFileReader(table.io().newInputFile(file.location()), new MetricNames(1))) {
        while (reader.next(row)) {
          int hour = (int) Math.floorDiv(row.windowStartMs - START_MS, HOUR_MS);
          sums.merge(hour, row.sum, Double::sum);
        }
      }
    }
    return sums;
  }
}
