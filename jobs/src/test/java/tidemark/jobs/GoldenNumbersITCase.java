package tidemark.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import com.datadoghq.sketch.ddsketch.DDSketch;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tidemark.operators.IntakeRecord;
import tidemark.serde.wire.IntakeHeaders;
import tidemark.serde.wire.NativeBatchWriter;
import tidemark.state.MetricType;

/** Four small series whose answers anyone can work out by hand, through the whole job. */
class GoldenNumbersITCase {
  private static final long START_MS = 1_795_824_000_000L;
  private static final List<double[]> SERIES =
      List.of(
          new double[] {0, 1, 0, 1, 0, 1, 0, 1, 0, 1},
          IntStream.range(0, 10).asDoubleStream().toArray(),
          DoubleStream.generate(() -> 5).limit(10).toArray(),
          new double[] {0, 2, 4, 8, 16, 32, 64, 128, 256, 512});

  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(1)
              .build());

  @TempDir Path folder;

  @Test
  void countersGaugesAndPercentilesAreWhatTheyMustBe() throws Exception {
    TopologyRun run = new TopologyRun(folder);
    run.run(GoldenNumbersITCase::record, 1, RateLimiterStrategy.noOp(), new TopologyRun.Hooks() {});
    try (StoredTables tables = run.tables()) {
      Map<Expected.Key, Expected.Row> rows = tables.rows();
      assertThat(sums(rows, "counter")).containsExactly("5", "45", "50", "1022");
      List<Expected.Row> gauges = rowsOf(rows, "gauge");
      assertThat(gauges)
          .extracting(row -> row.sum().doubleValue() / row.count())
          .containsExactly(0.5, 4.5, 5.0, 102.2);
      assertThat(gauges).extracting(Expected.Row::last).containsExactly(1.0, 9.0, 5.0, 512.0);
      DDSketch all = Expected.newSketch();
      rowsOf(rows, "distribution").forEach(row -> all.mergeWith(Expected.sketch(row.bins())));
      assertThat(all.getValueAtQuantile(0.5)).isCloseTo(5, withPercentage(0.55));
      assertThat(all.getValueAtQuantile(0.9)).isCloseTo(32, withPercentage(0.55));
    }
  }

  private static List<String> sums(Map<Expected.Key, Expected.Row> rows, String type) {
    return rowsOf(rows, type).stream()
        .map(Expected.Row::sum)
        .map(BigDecimal::toPlainString)
        .toList();
  }

  private static List<Expected.Row> rowsOf(Map<Expected.Key, Expected.Row> rows, String type) {
    List<Expected.Row> found = new ArrayList<>();
    for (int i = 0; i < SERIES.size(); i++) {
      found.add(
          rows.get(
              new Expected.Key(
                  10, "acme", "golden." + type, List.of("series:" + i), type, START_MS)));
    }
    return found;
  }

  private static IntakeRecord record(long index) {
    NativeBatchWriter writer = new NativeBatchWriter("acme");
    for (MetricType type : MetricType.values()) {
      for (int i = 0; i < SERIES.size(); i++) {
        int series = writer.series(type, "golden." + type.label(), List.of("series:" + i));
        for (int second = 0; second < 10; second++) {
          writer.point(series, START_MS + second * 1000L, SERIES.get(i)[second]);
        }
      }
    }
    return new IntakeRecord(
        "points",
        0,
        index,
        START_MS,
        IntakeHeaders.NATIVE,
        "",
        IntakeRecord.NO_HEARTBEAT,
        writer.toBytes());
  }
}
