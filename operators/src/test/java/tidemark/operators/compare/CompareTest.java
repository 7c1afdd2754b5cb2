package tidemark.operators.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.expressions.Expressions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tidemark.operators.ReplayedTables;
import tidemark.operators.ReplayedTables.Delta;
import tidemark.operators.ReplayedTables.Row;
import tidemark.serde.catalog.CoveredRows;
import tidemark.serde.catalog.FlinkFileIO;
import tidemark.serde.catalog.ReplayBranch;
import tidemark.serde.catalog.ReplayOrigin;
import tidemark.serde.fold.NewFiles;
import tidemark.state.definition.TextPattern;
import tidemark.state.selection.PointSelection;

/** Random tables against maps of sums, with and without bugs on one side. */
class CompareTest {
  private static final int HOURS = 30; // two days
  private static final long END_MS = ReplayedTables.START_MS + HOURS * ReplayedTables.HOUR_MS;

  @TempDir Path folder;
  private ReplayedTables tables;
  private Snapshot base;

  @BeforeEach
  void openTables() {
    tables = new ReplayedTables(folder);
  }

  @AfterEach
  void closeTables() throws IOException {
    tables.close();
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void findsExactlyTheRowsThatMapsOfSumsFind(long seed) throws IOException {
    Random random = new Random(seed);
    List<Delta> points = ReplayedTables.random(random, 600, HOURS);
    main(points, random);
    PointSelection selection = selection(random);
    ReplayBranch.create(tables.catalog(), "fix", origin(selection));
    List<Delta> late = ReplayedTables.random(random, 200, HOURS);
    tables.epoch("main", "live", END_MS, late, random); // after the base: not compared
    List<Delta> replayed = new ArrayList<>();
    for (Delta point : points) {
      int fate = selects(selection, point) ? random.nextInt(60) : 1;
      if (selects(selection, point) && (seed <= 2 || fate != 1)) {
        replayed.add(fate == 2 && seed > 2 ? withValue(point, point.value() + 1) : point);
        if (fate == 3 && seed > 2) {
          replayed.add(point); // doubled
        }
      }
    }
    if (seed > 4) {
      replayed.removeIf(point -> point.metric().equals("m0") && point.series() == 1); // lost
    }
    branch("fix", replayed, random);
    CompareResult result = compare(config("fix", "main"));
    check(result, points, replayed, selection);
    assertThat(result.isEqual()).isEqualTo(seed <= 2);
  }

  private static void check(
      CompareResult result, List<Delta> left, List<Delta> right, PointSelection selection) {
    Map<Row, Long> ofMain =
        ReplayedTables.expected(left.stream().filter(point -> selects(selection, point)).toList());
    Map<Row, Long> ofBranch = ReplayedTables.expected(right);
    Map<Row, String> expected = new TreeMap<>();
    ofMain.forEach(
        (row, sum) -> {
          if (!ofBranch.containsKey(row)) {
            expected.put(row, "missing");
          } else if (!ofBranch.get(row).equals(sum)) {
            expected.put(row, "different");
          }
        });
    ofBranch.keySet().stream()
        .filter(row -> !ofMain.containsKey(row))
        .forEach(row -> expected.put(row, "extra"));
    for (String kind : List.of("missing", "extra", "different")) {
      long count = expected.values().stream().filter(kind::equals).count();
      // a doubled point of the model is one point of the partial rows' count: only sums are judged
      if (!kind.equals("different")) {
        assertThat(result.count(kind)).as(kind).isEqualTo(count);
      }
      assertThat(result.samples().stream().filter(row -> row.kind().equals(kind)))
          .hasSize((int) Math.min(100, result.count(kind)));
    }
    for (RowDifference sample : result.samples()) {
      Row row =
          new Row(
              sample.tierSeconds(),
              sample.org(),
              sample.metric(),
              sample.seriesId(),
              sample.windowStartMs());
      if (sample.columns().isEmpty() || sample.columns().contains("sum")) {
        assertThat(expected).containsEntry(row, sample.kind());
      }
      assertThat(sample.left().get("sum")).isEqualTo(text(ofMain.get(row)));
      assertThat(sample.right().get("sum")).isEqualTo(text(ofBranch.get(row)));
      assertThat(sample.leftCommits().isEmpty()).isEqualTo(!ofMain.containsKey(row));
      assertThat(sample.rightCommits().isEmpty()).isEqualTo(!ofBranch.containsKey(row));
    }
    long differentSums = expected.values().stream().filter("different"::equals).count();
    assertThat(result.columns().getOrDefault("sum", 0L)).isEqualTo(differentSums);
  }

  private static String text(Long sum) {
    return sum == null ? null : Double.toString(sum);
  }

  @Test
  void namesTheEpochThatIsGuilty() throws IOException {
    Random random = new Random(9);
    List<Delta> points = ReplayedTables.random(random, 300, 3);
    long end = ReplayedTables.START_MS + 3 * ReplayedTables.HOUR_MS;
    List<Delta> some = points.subList(0, 100);
    tables.epoch("main", "live", 0, some, random);
    // a wrong clamp, in the second epoch only
    List<Delta> clamped =
        points.subList(100, 200).stream()
            .map(point -> withValue(point, Math.min(point.value(), 500)))
            .toList();
    Snapshot guilty = tables.epoch("main", "live", 0, clamped, random);
    base = tables.epoch("main", "live", end, points.subList(200, 300), random);
    ReplayBranch.create(tables.catalog(), "fix", origin(PointSelection.ALL));
    branch("fix", points, random);
    CompareResult result = compare(config("fix", "main"));
    assertThat(result.count(RowDifference.DIFFERENT)).isPositive();
    long rows =
        result.count(RowDifference.DIFFERENT)
            + result.count(RowDifference.MISSING)
            + result.count(RowDifference.EXTRA);
    assertThat(result.leftCommits().get(guilty.sequenceNumber())).isGreaterThanOrEqualTo(rows);
    assertThat(result.samples())
        .filteredOn(row -> row.columns().contains("sum"))
        .allSatisfy(row -> assertThat(row.leftCommits()).contains(guilty.sequenceNumber()));
    CompareReport report = new CompareReport(lastPlan, result, tables.rollups());
    assertThat(report.full(1, "here").toString())
        .contains("\"checkpoint\":2")
        .contains("\\\"points\\\":{\\\"0\\\":2}");
  }

  @Test
  void aReplayThatHasNotEndedIsRefusedUnlessTold() throws IOException {
    Random random = new Random(3);
    main(ReplayedTables.random(random, 50, HOURS), random);
    ReplayBranch.create(tables.catalog(), "fix", origin(PointSelection.ALL));
    assertThatThrownBy(() -> compare(config("fix", "main")))
        .hasMessageStartingWith("the replay has not ended, so rows would be missing");
    CompareConfig anyway =
        new CompareConfig(
            "fix",
            "main",
            Long.MIN_VALUE,
            Long.MAX_VALUE,
            CompareConfig.Completeness.NOT_REQUIRED,
            "report",
            1 << 20);
    CompareResult result = compare(anyway);
    assertThat(result.count(RowDifference.MISSING)).isPositive();
    assertThat(result.count(CompareResult.EQUAL)).isZero();
  }

  @Test
  void twoReplaysOfOneOriginAreCompared() throws IOException {
    Random random = new Random(4);
    List<Delta> points = ReplayedTables.random(random, 400, HOURS);
    main(points, random);
    for (String name : List.of("one", "two")) {
      ReplayBranch.create(tables.catalog(), name, origin(PointSelection.ALL));
      branch(name, points, random);
    }
    CompareResult result = compare(config("one", "two"));
    assertThat(result.isEqual()).isTrue();
    assertThat(result.count(CompareResult.EQUAL)).isEqualTo(ReplayedTables.expected(points).size());
    base = tables.epoch("main", "live", END_MS, points.subList(0, 3), random);
    ReplayBranch.create(tables.catalog(), "three", origin(PointSelection.ALL));
    branch("three", points, random);
    assertThatThrownBy(() -> compare(config("one", "three")))
        .hasMessageContaining("they were made for another base or selection");
  }

  @Test
  void aSeriesThatIsNotInItsTableIsFound() throws IOException {
    Random random = new Random(5);
    List<Delta> points = ReplayedTables.random(random, 100, 2);
    base = tables.epoch("main", "live", END_MS, points, random);
    ReplayBranch.create(tables.catalog(), "fix", origin(PointSelection.ALL));
    branch("fix", points, random);
    tables
        .catalog()
        .series()
        .newDelete()
        .toBranch("fix")
        .deleteFromRowFilter(Expressions.alwaysTrue())
        .commit();
    long series = points.stream().map(Delta::seriesId).distinct().count();
    CompareResult result = compare(config("fix", "main"));
    assertThat(result.count(RowDifference.UNKNOWN_SERIES)).isEqualTo(series);
    assertThat(result.isEqual()).isFalse();
  }

  private ComparePlan lastPlan;

  private CompareResult compare(CompareConfig config) throws IOException {
    CompareResult sum = CompareResult.empty();
    for (CompareMessage planned : new ComparePlanner(config, tables.catalog()).plan()) {
      CompareMessage message = CompareMessage.ofJson(planned.toJson());
      if (message.plan() != null) {
        lastPlan = message.plan();
        continue;
      }
      Path temporary = Files.createTempDirectory(folder, "made");
      NewFiles made = new NewFiles(new FlinkFileIO(), "file://" + temporary, "compare");
      CompareResult result =
          new RowComparison(
                  message.task(), CoveredRows.ofJson(message.covered()), made, config.memoryBytes())
              .compare();
      made.removeBut(List.of());
      Files.delete(temporary); // nothing is left in it
      sum = sum.plus(CompareMessage.ofJson(CompareMessage.of(result).toJson()).result());
    }
    return sum;
  }

  private void main(List<Delta> points, Random random) throws IOException {
    List<List<Delta>> epochs = ReplayedTables.cut(random, points, 12);
    for (List<Delta> epoch : epochs) {
      base = tables.epoch("main", "live", END_MS, epoch, random);
    }
  }

  private void branch(String name, List<Delta> points, Random random) throws IOException {
    for (List<Delta> epoch : ReplayedTables.cut(random, points, 2)) {
      tables.epoch(name, "of-" + name, Long.MAX_VALUE, epoch, random);
    }
  }

  private static CompareConfig config(String branch, String other) {
    return new CompareConfig(
        branch,
        other,
        Long.MIN_VALUE,
        Long.MAX_VALUE,
        CompareConfig.Completeness.REQUIRED,
        "report",
        1 << 20);
  }

  private static PointSelection selection(Random random) {
    long from = ReplayedTables.START_MS + random.nextInt(3) * ReplayedTables.HOUR_MS;
    return switch (random.nextInt(3)) {
      case 0 -> PointSelection.ALL;
      case 1 -> new PointSelection(List.of("acme"), List.of(), from, END_MS - 3_600_000L);
      default ->
          new PointSelection(List.of(), List.of(new TextPattern("m1")), from, Long.MAX_VALUE);
    };
  }

  private static boolean selects(PointSelection selection, Delta point) {
    return selection.takesSeries(point.org(), point.metric())
        && selection.takesTime(point.timestampMs());
  }

  private static Delta withValue(Delta point, long value) {
    return new Delta(point.org(), point.metric(), point.series(), point.timestampMs(), value);
  }

  private ReplayOrigin origin(PointSelection selection) {
    return new ReplayOrigin(
        base.snapshotId(), "1-00000000", "{}", selection, ReplayOrigin.Coarser.AS_IT_IS);
  }
}
