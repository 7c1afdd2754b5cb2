package tidemark.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Savepoints of every version that was kept, and of this one, go on without a row lost or doubled.
 *
 * <p>A version adds its savepoint with {@code -Dtidemark.fixture=NAME}, which runs only {@link
 * #keepASavepointOfThisVersion}; kept ones are never written again.
 */
class SavepointITCase {
  private static final Path FIXTURES = Path.of("src/test/resources/savepoints");
  private static final int RECORDS = 1_200;
  private static final long SEED = 20261122;

  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(4)
              .build());

  @TempDir Path folder;

  static Stream<Path> fixtures() throws IOException {
    try (Stream<Path> found = Files.list(FIXTURES)) {
      List<Path> all = found.sorted().toList();
      assertThat(all).as("kept savepoints").isNotEmpty();
      return all.stream();
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("fixtures")
  void keptSavepointsGoOn(Path kept) throws Exception {
    SavepointFixture fixture = new SavepointFixture(kept);
    fixture.restoreTables(folder.resolve("warehouse"), folder.resolve("catalog.db"));
    assertGoesOn(fixture.savepoint().toAbsolutePath().toUri().toString(), 2);
  }

  @ParameterizedTest(name = "parallelism {0} to {1}")
  @CsvSource({"2, 4", "4, 3", "3, 1"})
  void thisVersionsSavepointsGoOnAtAnotherParallelism(int before, int after) throws Exception {
    assertGoesOn(stop(before), after);
  }

  @Test
  @EnabledIfSystemProperty(named = "tidemark.fixture", matches = ".+")
  void keepASavepointOfThisVersion() throws Exception {
    Path kept = FIXTURES.resolve(System.getProperty("tidemark.fixture"));
    assertThat(kept).doesNotExist();
    String savepoint = stop(2);
    try (StoredTables tables = new TopologyRun(folder).tables()) {
      new SavepointFixture(kept).write(Path.of(URI.create(savepoint)), tables);
    }
  }

  /** A fifth of the input or more, but not all of it, in several epochs. */
  private String stop(int parallelism) throws Exception {
    TopologyRun run = new TopologyRun(folder).parallelism(parallelism);
    String savepoint =
        run.runAndStop(
            new GeneratedInput(SEED)::record,
            RECORDS,
            RateLimiterStrategy.perSecond(RECORDS / 30.0),
            new TopologyRun.Hooks() {},
            folder.resolve("savepoints"),
            () -> run.accepted() > RECORDS * 40 / 5);
    try (StoredTables tables = run.tables()) {
      assertThat(tables.rollups().currentSnapshot().summary())
          .as("the input must not have ended")
          .doesNotContainEntry("tidemark.watermark-ms", Long.toString(Long.MAX_VALUE));
    }
    return savepoint;
  }

  private void assertGoesOn(String savepoint, int parallelism) throws Exception {
    TopologyRun run = new TopologyRun(folder).parallelism(parallelism).from(savepoint);
    run.run(
        new GeneratedInput(SEED)::record,
        RECORDS,
        RateLimiterStrategy.noOp(),
        new TopologyRun.Hooks() {});
    List<Expected.Sent> sent = new GeneratedInput(SEED).allPoints(RECORDS);
    try (StoredTables tables = run.tables()) {
      Map<String, String> head = tables.rollups().currentSnapshot().summary();
      assertThat(head)
          .containsEntry("tidemark.total-points-accepted", Integer.toString(sent.size()));
      assertThat(Expected.differences(Expected.rows(sent), tables.rows()))
          .as("seed %s", SEED)
          .isEmpty();
    }
  }
}
