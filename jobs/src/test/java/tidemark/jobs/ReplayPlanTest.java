package tidemark.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.configuration.Configuration;
import org.apache.iceberg.AppendFiles;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tidemark.operators.replay.ArchiveSplit;
import tidemark.serde.archive.PartitionSummary;
import tidemark.serde.catalog.ReplayBranch;
import tidemark.serde.catalog.ReplayOrigin;
import tidemark.serde.catalog.TableCatalog;
import tidemark.serde.definition.DefinitionLimits;
import tidemark.serde.manifest.ArchiveManifest;
import tidemark.serde.manifest.ArchivedRange;
import tidemark.serde.manifest.ManifestUpkeep;
import tidemark.serde.manifest.NamedFiles;

/** What a replay reads follows from an epoch of main and from the archive's manifest. */
class ReplayPlanTest {
  private static final long HOUR_MS = 3_600_000L;

  @TempDir Path folder;
  private TableCatalog catalog;
  private int commits;

  @BeforeEach
  void open() {
    catalog = new TableCatalog(TopologyRun.store(folder).catalog());
  }

  @AfterEach
  void close() throws IOException {
    catalog.close();
  }

  private void epoch(String id, long watermarkMs, String offsets) {
    AppendFiles append = catalog.rollups().newAppend();
    append.set("tidemark.lineage", "l");
    append.set("tidemark.run", "r");
    append.set("tidemark.checkpoint", "1");
    append.set("tidemark.epoch", id);
    append.set("tidemark.offsets", offsets);
    append.set("tidemark.watermark-ms", Long.toString(watermarkMs));
    append.commit();
  }

  private static ArchivedRange range(int partition, long from, long to, long hour) {
    return ArchivedRange.ofFile(
        "s3://b/%d-%d.tma".formatted(partition, from),
        10,
        "id",
        new PartitionSummary("points", partition, from, to, to - from, 100 * (to - from), 0),
        hour * HOUR_MS,
        hour * HOUR_MS + 5,
        "e",
        1_000);
  }

  /** In one commit; what lies between it and the one before is a gap. */
  private void archive(ArchivedRange... ranges) throws IOException {
    List<ArchivedRange> ofCommit = new ArrayList<>();
    for (ArchivedRange range : ranges) {
      ofCommit.add(sealed(range, "e" + commits, range.sealedAtMs() + commits));
    }
    commits++;
    ArchiveManifest.append(catalog.archive(), ofCommit);
  }

  private ReplayPlan plan(String... pairs) throws IOException {
    Configuration options = new Configuration();
    options.setString("tidemark.replay.branch", "again");
    for (int i = 0; i < pairs.length; i += 2) {
      options.setString("tidemark.replay." + pairs[i], pairs[i + 1]);
    }
    return ReplayPlan.make(
        catalog,
        ReplayRequest.from(options),
        () -> new ControlHistory(List.of(), 0),
        DefinitionLimits.DEFAULTS);
  }

  private static List<String> ranges(ReplayPlan plan) {
    List<String> ranges = new ArrayList<>();
    for (ArchiveSplit split : plan.archive().splits()) {
      for (ArchiveSplit.Range range : split.ranges()) {
        ranges.add(
            "%d: %d-%d of %s, %d"
                .formatted(
                    split.partition(), range.from(), range.to(), range.file(), range.weight()));
      }
    }
    return ranges;
  }

  @Test
  void theArchiveIsReadUpToTheOffsetsOfTheNewestEpoch() throws Exception {
    epoch("1-a", 10 * HOUR_MS, "{\"points\":{\"0\":5}}");
    epoch("2-a", 10 * HOUR_MS, "{\"points\":{\"0\":15,\"1\":3}}");
    archive(range(0, 0, 10, 1), range(1, 0, 3, 1));
    archive(range(0, 10, 20, 2), range(1, 3, 9, 2));
    archive(range(0, 20, 30, 3));
    assertThat(ranges(plan()))
        .containsExactly(
            "0: 0-10 of s3://b/0-0.tma, 1000",
            "0: 10-15 of s3://b/0-10.tma, 500",
            "1: 0-3 of s3://b/1-0.tma, 300");
    assertThat(ReplayBranch.origin(catalog.rollups(), "again").orElseThrow().baseEpoch())
        .isEqualTo("2-a");
  }

  /** Whoever submits the job again reads the same, though main and the archive have moved on. */
  @Test
  void aPlanStaysWhatItIs() throws Exception {
    epoch("1-a", 10 * HOUR_MS + 7, "{\"points\":{\"0\":5}}");
    archive(range(0, 0, 10, 1));
    ReplayPlan first = plan("orgs", "acme");
    assertThat(first.selection().toMs()).isEqualTo(10 * HOUR_MS);
    epoch("2-a", 12 * HOUR_MS, "{\"points\":{\"0\":15}}");
    archive(range(0, 10, 20, 1));
    assertThat(plan("orgs", "acme")).isEqualTo(first);
    assertThatThrownBy(() -> plan("orgs", "globex"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("branch again is there already and was made for ");
  }

  /** Whoever submits it again reads the same files, which are kept for it. */
  @Test
  void aPlanReadsTheArchiveAsItWasUntilItsBranchGoes() throws Exception {
    epoch("1-a", 400 * HOUR_MS, "{\"points\":{\"0\":20}}");
    archive(range(0, 0, 10, 1));
    archive(range(0, 10, 20, 2));
    ReplayPlan first = plan();
    archive(sealed(range(0, 20, 30, 300), "e", 300 * HOUR_MS));
    new ManifestUpkeep(catalog.archive()).expire(24 * HOUR_MS, Long.MAX_VALUE);
    assertThat(plan()).isEqualTo(first);
    assertThat(NamedFiles.of(catalog.archive()).expired()).isEmpty();
    ReplayBranch.remove(catalog, "again");
    assertThat(catalog.archive().refs()).containsOnlyKeys("main");
    assertThatThrownBy(this::plan)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "the archive of points/0 expired by retention up to offset 20, and may have held points of"
                + " the replay: begin at 1970-01-01T03:00:00Z or later with tidemark.replay.from");
    assertThat(catalog.rollups().refs()).doesNotContainKey("again");
    assertThat(plan("from", "1970-01-01T03:00:00Z").archive().splits()).isEmpty();
  }

  private static ArchivedRange sealed(ArchivedRange range, String epoch, long sealedAtMs) {
    return ArchivedRange.ofFile(
        range.file(),
        range.fileBytes(),
        range.topicId(),
        range.summary(),
        range.earliestMs(),
        range.latestMs(),
        epoch,
        sealedAtMs);
  }

  @Test
  void rangesWithoutAnHourOfTheSelectionAreNotRead() throws Exception {
    epoch("1-a", 10 * HOUR_MS, "{\"points\":{\"0\":30}}");
    archive(range(0, 0, 10, 1), range(0, 10, 20, 2), range(0, 20, 30, 3));
    assertThat(ranges(plan("from", "1970-01-01T02:00:00Z", "to", "1970-01-01T03:00:00Z")))
        .containsExactly("0: 10-20 of s3://b/0-10.tma, 1000");
  }

  /** While the input goes on, the archive is always behind the newest epoch. */
  @Test
  void measuresAgainstTheNewestEpochThatTheArchiveReaches() throws Exception {
    epoch("1-a", 3 * HOUR_MS, "{\"points\":{\"0\":5}}");
    epoch("2-a", 4 * HOUR_MS, "{\"points\":{\"0\":10}}");
    epoch("3-a", 10 * HOUR_MS, "{\"points\":{\"0\":15}}");
    archive(range(0, 0, 10, 1), range(0, 10, 12, 1));
    assertThat(ranges(plan())).containsExactly("0: 0-10 of s3://b/0-0.tma, 1000");
    assertThat(ReplayBranch.origin(catalog.rollups(), "again").orElseThrow())
        .returns("2-a", ReplayOrigin::baseEpoch)
        .returns(4 * HOUR_MS, origin -> origin.selection().toMs());
  }

  @Test
  void refusesAnArchiveThatIsBehind() throws Exception {
    epoch("1-a", 10 * HOUR_MS, "{\"points\":{\"0\":15,\"1\":3}}");
    archive(range(0, 0, 10, 1));
    assertThatThrownBy(this::plan)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "the archive does not reach epoch 1-a yet, it is points/0 at 10 of 15, points/1 at 0 of 3:"
                + " let the archive job run on, and replay then");
    assertThat(catalog.rollups().refs()).doesNotContainKey("again");
  }

  @Test
  void refusesAGapButNotALateBeginning() throws Exception {
    epoch("1-a", 10 * HOUR_MS, "{\"points\":{\"0\":30}}");
    archive(range(0, 4, 10, 1));
    archive(range(0, 12, 30, 2));
    assertThatThrownBy(() -> plan("from", "1970-01-01T02:00:00Z"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("the archive lacks points/0 from offset 10 to 12");
    epoch("2-a", 10 * HOUR_MS, "{\"points\":{\"0\":10}}");
    assertThat(ranges(plan())).containsExactly("0: 4-10 of s3://b/0-4.tma, 600");
  }

  /** What is open in main would come to it once more after a branch was put in its place. */
  @Test
  void refusesHoursThatMainHasNotClosed() throws Exception {
    epoch("1-a", 10 * HOUR_MS - 2, "{\"points\":{\"0\":10}}");
    archive(range(0, 0, 10, 1));
    assertThatThrownBy(() -> plan("to", "1970-01-01T10:00:00Z"))
        .hasMessageContaining("tidemark.replay.to must be at most 1970-01-01T09:00:00Z")
        .hasMessageContaining("got 1970-01-01T10:00:00Z");
    assertThatThrownBy(() -> plan("from", "1970-01-01T09:00:00Z"))
        .hasMessageContaining("has closed no hour from 1970-01-01T09:00:00Z on");
    epoch("2-a", 10 * HOUR_MS - 1, "{\"points\":{\"0\":10}}");
    assertThat(plan("to", "1970-01-01T10:00:00Z").selection().toMs()).isEqualTo(10 * HOUR_MS);
  }

  @Test
  void refusesABranchWithoutAnEpoch() {
    assertThatThrownBy(this::plan)
        .hasMessage("branch main has no epoch to measure a replay against");
  }
}
