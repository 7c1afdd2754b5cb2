package tidemark.operators.compact;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is folded, and that it costs little. */
class CompactPlanTest {
  private static final long DAY = 20_454;
  private static final long DAY_START_MS = DAY * CompactPlan.DAY_MS;
  private static final long NO_WATERMARK = Long.MIN_VALUE;
  private static final long TARGET = 128L << 20;
  private static final CompactConfig CONFIG =
      new CompactConfig(60_000, TARGET, 128L << 20, 600_000, 600_000, CompactOptions.Effort.FRUGAL);
  private static final CompactConfig FULL =
      new CompactConfig(60_000, TARGET, 128L << 20, 600_000, 600_000, CompactOptions.Effort.FULL);

  private int files;

  @Test
  void anOpenHourWaitsForEightFiles() {
    List<CompactPlan.Candidate> seven = hourFiles(3, 7, 100);
    assertThat(CompactPlan.of(seven, NO_WATERMARK, CONFIG)).isEmpty();
    List<CompactPlan.Candidate> eight = hourFiles(3, 8, 100);
    assertThat(CompactPlan.of(eight, NO_WATERMARK, CONFIG))
        .singleElement()
        .satisfies(group -> assertThat(group.files()).hasSize(8));
  }

  @Test
  void hoursOfAnOpenDayStayApartAndThoseBehindTheWatermarkNeedTwoFiles() {
    List<CompactPlan.Candidate> all = new ArrayList<>(hourFiles(3, 2, 100));
    all.addAll(hourFiles(4, 2, 100));
    long watermarkMs = DAY_START_MS + 4 * CompactPlan.HOUR_MS + CONFIG.graceMs();
    assertThat(CompactPlan.of(all, watermarkMs - 1, CONFIG)).isEmpty();
    assertThat(CompactPlan.of(all, watermarkMs, CONFIG))
        .singleElement()
        .satisfies(group -> assertThat(group.files()).isEqualTo(all.subList(0, 2)));
  }

  @Test
  void aDayBehindTheWatermarkIsOneGroup() {
    List<CompactPlan.Candidate> all = new ArrayList<>();
    for (int hour = 0; hour < 24; hour++) {
      all.addAll(hourFiles(hour, 1, 1_000_000));
    }
    all.add(file(10, 50, DAY_START_MS, DAY_START_MS + CompactPlan.DAY_MS - 1));
    long watermarkMs = DAY_START_MS + CompactPlan.DAY_MS + CONFIG.graceMs();
    assertThat(CompactPlan.of(all, watermarkMs, CONFIG))
        .singleElement()
        .satisfies(group -> assertThat(group.files()).containsExactlyInAnyOrderElementsOf(all));
    assertThat(CompactPlan.of(all, watermarkMs - 1, CONFIG)).isEmpty();
  }

  @Test
  void tiersAndDaysNeverMix() {
    List<CompactPlan.Candidate> all = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      all.add(file(10, 100, DAY_START_MS, DAY_START_MS));
      all.add(file(60, 100, DAY_START_MS, DAY_START_MS));
      all.add(
          new CompactPlan.Candidate(
              "next-" + i,
              100,
              10,
              DAY + 1,
              DAY_START_MS + CompactPlan.DAY_MS,
              DAY_START_MS + CompactPlan.DAY_MS,
              ""));
    }
    assertThat(CompactPlan.of(all, NO_WATERMARK, CONFIG))
        .hasSize(3)
        .allSatisfy(
            group ->
                assertThat(group.files())
                    .hasSize(8)
                    .allMatch(file -> file.tierSeconds() == group.tierSeconds())
                    .allMatch(file -> file.epochDay() == group.epochDay()));
  }

  @Test
  void aFewLateRowsLeaveALargeFileAlone() {
    List<CompactPlan.Candidate> all = new ArrayList<>();
    all.add(file(10, TARGET / 2, DAY_START_MS, DAY_START_MS + CompactPlan.DAY_MS - 1));
    all.addAll(hourFiles(1, 3, 10_000));
    assertThat(CompactPlan.of(all, Long.MAX_VALUE, CONFIG))
        .singleElement()
        .satisfies(group -> assertThat(group.files()).isEqualTo(all.subList(1, 4)));
  }

  @Test
  void filesNearTheTargetAreLeftAlone() {
    List<CompactPlan.Candidate> all =
        List.of(
            file(10, TARGET / 4 * 3, DAY_START_MS, DAY_START_MS),
            file(10, TARGET, DAY_START_MS, DAY_START_MS),
            file(10, 10, DAY_START_MS, DAY_START_MS));
    assertThat(CompactPlan.of(all, Long.MAX_VALUE, CONFIG)).isEmpty();
    assertThat(CompactPlan.of(all, Long.MAX_VALUE, FULL)).isEmpty();
  }

  @Test
  void fullEffortFoldsADayWhateverItCosts() {
    List<CompactPlan.Candidate> all = new ArrayList<>(hourFiles(1, 1, TARGET / 2));
    all.addAll(hourFiles(9, 1, 10));
    assertThat(CompactPlan.of(all, NO_WATERMARK, CONFIG)).isEmpty();
    assertThat(CompactPlan.of(all, NO_WATERMARK, FULL))
        .singleElement()
        .satisfies(group -> assertThat(group.files()).hasSize(2));
  }

  @Test
  void oneWorkerNeverGetsMoreThanAFewTargets() {
    List<CompactPlan.Candidate> all = hourFiles(1, 100, TARGET / 2);
    assertThat(CompactPlan.of(all, Long.MAX_VALUE, CONFIG))
        .hasSizeGreaterThan(5)
        .allSatisfy(
            group ->
                assertThat(group.files().stream().mapToLong(CompactPlan.Candidate::bytes).sum())
                    .isLessThanOrEqualTo((CompactPlan.MAX_TARGETS + 1) * TARGET));
  }

  /**
   * 10,000 arrivals of one closed day, a plan after each few: the law of the cost rule. Folding
   * does not shrink anything here, which is the worst case.
   */
  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void folding10000ArrivalsCostsALogarithmOfThem(long seed) {
    Random random = new Random(seed);
    TreeMap<String, CompactPlan.Candidate> table = new TreeMap<>();
    long arrived = 0;
    long rewritten = 0;
    int mostFiles = 0;
    int smallest = 1_000;
    for (int i = 0; i < 10_000; i++) {
      // mostly a trickle, at times a burst
      int bytes = smallest << random.nextInt(random.nextInt(20) == 0 ? 14 : 4);
      CompactPlan.Candidate file = file(10, bytes, DAY_START_MS, DAY_START_MS);
      table.put(file.path(), file);
      arrived += bytes;
      if (random.nextInt(3) == 0) {
        rewritten += foldAll(table, Long.MAX_VALUE);
        mostFiles = Math.max(mostFiles, table.size());
      }
    }
    double log2 = Math.log(arrived / (double) smallest) / Math.log(2);
    assertThat((double) rewritten).isLessThan(1.5 * log2 * arrived);
    assertThat(mostFiles).isLessThan(40 + (int) (arrived / TARGET));
    assertThat(rewritten).as("bytes rewritten").isPositive();
  }

  /** The same while the hour is open. */
  @Test
  void foldingAnOpenHourCostsALogarithmToo() {
    TreeMap<String, CompactPlan.Candidate> table = new TreeMap<>();
    long rewritten = 0;
    int mostFiles = 0;
    for (int i = 0; i < 10_000; i++) {
      CompactPlan.Candidate file = file(10, 5_000, DAY_START_MS, DAY_START_MS);
      table.put(file.path(), file);
      rewritten += foldAll(table, NO_WATERMARK);
      mostFiles = Math.max(mostFiles, table.size());
    }
    assertThat(rewritten).isLessThan((long) (14 * 10_000 * 5_000.0));
    assertThat(mostFiles).isLessThan(24);
  }

  @Test
  void foldingComesToAnEnd() {
    TreeMap<String, CompactPlan.Candidate> table = new TreeMap<>();
    for (CompactPlan.Candidate file : hourFiles(1, 300, TARGET / 7)) {
      table.put(file.path(), file);
    }
    int folds = 0;
    while (foldAll(table, Long.MAX_VALUE) > 0) {
      assertThat(++folds).isLessThan(20);
    }
    assertThat(table).hasSizeLessThan(300 / 7 + 8);
  }

  private long foldAll(Map<String, CompactPlan.Candidate> table, long watermarkMs) {
    long rewritten = 0;
    for (CompactPlan.Group group : CompactPlan.of(table.values(), watermarkMs, CONFIG)) {
      rewritten += fold(table, group.files());
    }
    return rewritten;
  }

  private long fold(
      Map<String, CompactPlan.Candidate> table, Collection<CompactPlan.Candidate> group) {
    long bytes = 0;
    for (CompactPlan.Candidate file : group) {
      bytes += file.bytes();
      table.remove(file.path());
    }
    for (long left = bytes; left > 0; left -= TARGET) {
      CompactPlan.Candidate file = file(10, Math.min(left, TARGET), DAY_START_MS, DAY_START_MS);
      table.put(file.path(), file);
    }
    return bytes;
  }

  private List<CompactPlan.Candidate> hourFiles(int hour, int count, long bytes) {
    List<CompactPlan.Candidate> found = new ArrayList<>();
    long startMs = DAY_START_MS + hour * CompactPlan.HOUR_MS;
    for (int i = 0; i < count; i++) {
      found.add(file(10, bytes, startMs, startMs + CompactPlan.HOUR_MS - 10_000));
    }
    return found;
  }

  private CompactPlan.Candidate file(int tier, long bytes, long firstMs, long lastMs) {
    return new CompactPlan.Candidate(
        "file-%06d".formatted(files++), bytes, tier, DAY, firstMs, lastMs, "");
  }
}
