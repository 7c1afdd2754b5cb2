package tidemark.operators.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;
import tidemark.operators.TestPartials;
import tidemark.operators.watch.WatchHarness.Point;
import tidemark.serde.definition.DefinitionSet;
import tidemark.serde.partial.IntakeStatus;
import tidemark.serde.partial.PartialBatch;
import tidemark.serde.partial.SeriesCodec;
import tidemark.serde.partial.SeriesEntry;
import tidemark.state.MetricType;
import tidemark.state.SeriesIdentity;
import tidemark.state.definition.Definition;
import tidemark.state.definition.Monitor;
import tidemark.state.definition.Removal;
import tidemark.state.definition.SeriesFilter;
import tidemark.state.definition.TextPattern;
import tidemark.state.monitor.Alert;
import tidemark.state.monitor.Verdict;
import tidemark.state.monitor.VerdictMark;
import tidemark.state.monitor.VerdictStatus;

/** What single steps do; what they come to together is {@link WatchModelTest}. */
class WatchOperatorTest {
  private static final Monitor TOTAL = monitor(Set.of("host"), 60_000L, 1_000);
  private static final SeriesIdentity A = series(TOTAL, "host:a");

  @Test
  void aVerdictComesWhenTheWatermarkReachesTheLastMillisecond() throws Exception {
    try (WatchHarness harness = started(TOTAL)) {
      harness.announce(A, MetricType.COUNTER);
      harness.rows(List.of(delta(A, 60_000L, 4), delta(A, 119_999L, 7)));

      harness.watermark(119_998L);
      assertThat(harness.verdicts()).isEmpty();

      harness.watermark(119_999L);
      assertThat(harness.verdicts())
          .singleElement()
          .satisfies(
              verdict -> {
                assertThat(verdict.subject().group()).containsExactly("host:a");
                assertThat(verdict.windowStartMs()).isEqualTo(60_000L);
                assertThat(verdict.windowEndMs()).isEqualTo(120_000L);
                assertThat(verdict.status()).isEqualTo(VerdictStatus.ALERT);
                assertThat(verdict.value()).isEqualTo(11.0);
                assertThat(verdict.points()).isEqualTo(2);
                assertThat(verdict.revision()).isZero();
                assertThat(verdict.evidence().watermarkMs()).isEqualTo(119_999L);
              });
      assertThat(harness.alerts())
          .extracting(Alert::before, alert -> alert.verdict().status())
          .containsExactly(tuple(VerdictStatus.OK, VerdictStatus.ALERT));
    }
  }

  @Test
  void aLateRowAmendsAndTheOriginalStays() throws Exception {
    try (WatchHarness harness = started(TOTAL)) {
      harness.announce(A, MetricType.COUNTER);
      harness.rows(List.of(delta(A, 60_000L, 4)));
      harness.watermark(200_000L);
      Verdict first = harness.verdicts().get(0);
      harness.alerts();

      harness.rows(List.of(delta(A, 61_000L, 9)));
      harness.beforeBarrier();

      assertThat(harness.verdicts())
          .singleElement()
          .satisfies(
              verdict -> {
                assertThat(verdict.id()).isEqualTo(first.id());
                assertThat(verdict.revision()).isEqualTo(1);
                assertThat(verdict.value()).isEqualTo(13.0);
                assertThat(verdict.marks()).containsExactly(VerdictMark.AMENDED);
              });
      assertThat(harness.alerts())
          .extracting(Alert::before, alert -> alert.verdict().status())
          .containsExactly(tuple(VerdictStatus.OK, VerdictStatus.ALERT));
    }
  }

  /** Why what was told last is in force, and not what has the highest revision. */
  @Test
  void whatAFailureTookBackIsToldAnewAndMayHaveALowerRevision() throws Exception {
    OperatorSubtaskState state;
    try (WatchHarness harness = started(TOTAL)) {
      harness.announce(A, MetricType.COUNTER);
      harness.rows(List.of(delta(A, 60_000L, 4)));
      harness.watermark(200_000L);
      state = harness.snapshot();
      harness.verdicts();
      harness.rows(List.of(delta(A, 61_000L, 9)));
      harness.watermark(200_001L);
      harness.rows(List.of(delta(A, 62_000L, 1)));
      harness.watermark(200_002L);
      assertThat(harness.verdicts())
          .extracting(Verdict::revision, Verdict::points)
          .containsExactly(tuple(1, 2L), tuple(2, 3L));
    }
    try (WatchHarness harness = WatchHarness.start(WatchHarness.CONFIG, 1, 1, state)) {
      harness.define(definitions(TOTAL));
      harness.rows(List.of(delta(A, 61_000L, 9), delta(A, 62_000L, 1)));
      harness.watermark(200_001L);
      assertThat(harness.verdicts())
          .extracting(Verdict::revision, Verdict::points, Verdict::value)
          .containsExactly(tuple(1, 3L, 14.0));
    }
  }

  @Test
  void aLatePointThatMakesALifeLongerMakesMoreWindowsJudged() throws Exception {
    Monitor delayed = delayed(120_000L);
    SeriesIdentity series = series(delayed, "host:a");
    try (WatchHarness harness = started(delayed)) {
      harness.announce(series, MetricType.COUNTER);
      harness.watermark(100_000L);
      harness.rows(List.of(delta(series, 300_000L, 1)));
      harness.watermark(500_000L);
      assertThat(harness.verdicts()).extracting(Verdict::windowEndMs).containsExactly(480_000L);

      harness.rows(List.of(delta(series, 240_000L, 1)));
      harness.watermark(500_001L);
      assertThat(harness.verdicts())
          .extracting(Verdict::windowEndMs, Verdict::revision, Verdict::marks)
          .containsExactly(tuple(420_000L, 0, Set.of(VerdictMark.AMENDED)));
    }
  }

  @Test
  void whatComesBeyondTheHorizonChangesNothing() throws Exception {
    try (WatchHarness harness = started(TOTAL)) {
      harness.announce(A, MetricType.COUNTER);
      harness.rows(List.of(delta(A, 60_000L, 4)));
      harness.watermark(120_000L + 3_600_000L);
      harness.verdicts();
      harness.rows(List.of(delta(A, 61_000L, 9)));
      harness.watermark(120_001L + 3_600_000L);
      assertThat(harness.verdicts()).isEmpty();
    }
  }

  @Test
  void rowsAndSeriesOfOthersPassAndThoseOfMonitorsEnd() throws Exception {
    SeriesIdentity other = new SeriesIdentity("acme", "cpu@by-host", List.of("host:a"));
    int group = WatchHarness.KEY_GROUPS.groupOf(A.hash()[0]);
    try (WatchHarness harness = started(TOTAL)) {
      harness.passed();
      PartialBatch series = new PartialBatch(64);
      series.reset(PartialBatch.Kind.SERIES, group, PartialBatch.OPEN);
      SeriesCodec.append(entry(A), series);
      SeriesCodec.append(entry(other), series);
      harness.process(series);
      List<SeriesEntry> entries = new ArrayList<>();
      harness.passed().forEach(batch -> SeriesCodec.read(batch, entries::add));
      assertThat(entries).containsExactly(entry(other));

      harness.process(WatchHarness.rows(group, List.of(delta(A, 1L, 1), delta(other, 2L, 5))));
      assertThat(TestPartials.rows(harness.passed()))
          .singleElement()
          .satisfies(
              row -> {
                assertThat(row.key().metric()).isEqualTo("cpu@by-host");
                assertThat(row.aggregate().count()).isEqualTo(1);
              });

      PartialBatch untouched = WatchHarness.rows(group, List.of(delta(other, 2L, 5)));
      harness.process(untouched);
      assertThat(harness.passed().get(0).toBytes()).isEqualTo(untouched.toBytes());
      PartialBatch minute = PartialBatch.of(PartialBatch.Kind.PARTIALS, group, 60, new byte[] {7});
      harness.process(minute);
      assertThat(harness.passed().get(0).toBytes()).containsExactly(7);
    }
  }

  @Test
  void aStalledPartitionIsNamedOnceForEachWindow() throws Exception {
    try (WatchHarness harness = started(TOTAL)) {
      harness.announce(A, MetricType.COUNTER);
      harness.rows(List.of(delta(A, 60_000L, 40)));
      harness.watermark(119_999L);
      harness.verdicts();
      harness.alerts();

      harness.status(stalledAt(189_999L));
      assertThat(harness.verdicts()).isEmpty();
      harness.status(stalledAt(190_000L));
      harness.status(stalledAt(190_001L));
      assertThat(harness.verdicts())
          .singleElement()
          .satisfies(
              verdict -> {
                assertThat(verdict.status()).isEqualTo(VerdictStatus.INCOMPLETE);
                assertThat(verdict.windowEndMs()).isEqualTo(180_000L);
                assertThat(verdict.hasValue()).isFalse();
                assertThat(verdict.evidence().holding()).containsExactly("points/1");
              });
      assertThat(harness.alerts()).isEmpty();

      harness.watermark(180_000L);
      assertThat(harness.verdicts())
          .extracting(Verdict::status, Verdict::revision)
          .containsExactly(tuple(VerdictStatus.NO_DATA, 1));
      assertThat(harness.alerts()).hasSize(1); // from the alert before, not from what was held
    }
  }

  @Test
  void oneGroupIsWatchedFromTheStartAndAlsoWithoutAnyRow() throws Exception {
    Monitor whole = monitor(Set.of(), 60_000L, 1);
    try (WatchHarness harness = WatchHarness.start(WatchHarness.CONFIG, 3, 1, null)) {
      harness.define(definitions(whole));
      harness.watermark(100_000L); // the job begins here
      harness.watermark(250_000L);
      assertThat(harness.verdicts())
          .extracting(Verdict::windowEndMs, Verdict::status)
          .containsExactly(
              tuple(180_000L, VerdictStatus.NO_DATA), tuple(240_000L, VerdictStatus.NO_DATA));
    }
  }

  @Test
  void aBacklogIsJudgedInOrderAndMarkedLate() throws Exception {
    try (WatchHarness harness = started(TOTAL)) {
      harness.announce(A, MetricType.COUNTER);
      harness.watermark(59_999L);
      List<Point> points = new ArrayList<>();
      for (long ms = 60_000L; ms < 1_200_000L; ms += 60_000L) {
        points.add(delta(A, ms, ms / 60_000.0));
      }
      harness.rows(points);
      harness.status(
          new IntakeStatus(new TreeMap<>(), new TreeMap<>(), 1_200_000L, new TreeSet<>()));
      harness.watermark(1_199_999L);
      List<Verdict> verdicts = harness.verdicts();
      assertThat(verdicts).hasSize(19);
      assertThat(verdicts).extracting(Verdict::windowEndMs).isSorted();
      assertThat(verdicts)
          .allSatisfy(
              verdict ->
                  assertThat(verdict.is(VerdictMark.LATE))
                      .isEqualTo(1_200_000L - verdict.windowEndMs() > 300_000L));
    }
  }

  @Test
  void theEndOfAllInputCompletesWindowsWithRowsAndNoMore() throws Exception {
    Monitor whole = monitor(Set.of(), 60_000L, 1);
    SeriesIdentity all = series(whole);
    try (WatchHarness harness = started(whole)) {
      harness.announce(all, MetricType.COUNTER);
      harness.rows(
          List.of(delta(all, 60_000L, 1), delta(all, 115_000L, 1), delta(all, 125_000L, 1)));
      harness.watermark(Long.MAX_VALUE);
      assertThat(harness.verdicts()).extracting(Verdict::windowEndMs).containsExactly(120_000L);
    }
  }

  @Test
  void groupsBeyondTheLimitAreRefusedAsAWhole() throws Exception {
    Monitor few = monitor(Set.of("host"), 60_000L, 2);
    int limit = WatchedVersion.maxMembers(2, WatchHarness.MAX_PARALLELISM);
    assertThat(limit).isEqualTo(2);
    List<SeriesIdentity> inOneGroup = new ArrayList<>();
    for (int i = 0; inOneGroup.size() < 4; i++) {
      SeriesIdentity series = series(few, "host:" + i);
      if (WatchHarness.KEY_GROUPS.groupOf(series.hash()[0]) == 3) {
        inOneGroup.add(series);
      }
    }
    try (WatchHarness harness = started(few)) {
      for (SeriesIdentity series : inOneGroup) {
        harness.announce(series, MetricType.COUNTER);
        harness.rows(List.of(delta(series, 60_000L, 1)));
      }
      harness.watermark(119_999L);
      assertThat(harness.verdicts())
          .extracting(verdict -> verdict.subject().series())
          .containsExactlyInAnyOrder(inOneGroup.get(0), inOneGroup.get(1));
      // much later the first two are forgotten, and a third is judged, but for the window it is in
      long laterMs = 120_000L + 8_000_000L;
      laterMs -= laterMs % 60_000L;
      harness.watermark(laterMs - 1);
      harness.verdicts();
      harness.rows(List.of(delta(inOneGroup.get(2), laterMs + 5_000L, 1)));
      harness.watermark(laterMs + 59_999L);
      assertThat(harness.verdicts())
          .extracting(verdict -> verdict.subject().series())
          .containsExactly(inOneGroup.get(2));
    }
  }

  @Test
  void aVersionThatIsOverLeavesNoState() throws Exception {
    DefinitionSet both =
        definitions(TOTAL)
            .with(new Removal(Definition.Kind.MONITOR, "acme", "total", 2, 0), 200_000L);
    OperatorSubtaskState state;
    try (WatchHarness harness = started(TOTAL)) {
      harness.announce(A, MetricType.COUNTER);
      harness.rows(List.of(delta(A, 60_000L, 4)));
      harness.watermark(150_000L);
      harness.define(both);
      state = harness.snapshot();
      assertThat(harness.stateEntries()).isPositive();
    }
    try (WatchHarness harness = WatchHarness.start(WatchHarness.CONFIG, 2, 1, state)) {
      harness.define(both);
      harness.watermark(5_000_000L);
      assertThat(harness.verdicts())
          .extracting(Verdict::windowEndMs)
          .containsExactly(180_000L); // the next one would end behind the removal
      harness.snapshot();
      assertThat(harness.stateEntries()).isZero();
    }
  }

  @Test
  void announcementsMayOvertakeDefinitionsAndRowsWaitForThem() throws Exception {
    OperatorSubtaskState state;
    try (WatchHarness harness = WatchHarness.start(WatchHarness.CONFIG)) {
      harness.announce(A, MetricType.COUNTER);
      harness.rows(List.of(delta(A, 60_000L, 4)));
      state = harness.snapshot();
    }
    try (WatchHarness harness = WatchHarness.start(WatchHarness.CONFIG, 2, 1, state)) {
      harness.define(definitions(TOTAL));
      harness.watermark(119_999L);
      assertThat(harness.verdicts()).extracting(Verdict::value).containsExactly(4.0);
    }
  }

  @Test
  void anAlertComesBackFromItsBytes() throws Exception {
    try (WatchHarness harness = started(TOTAL)) {
      harness.announce(A, MetricType.COUNTER);
      harness.rows(List.of(delta(A, 60_000L, 40)));
      harness.watermark(119_999L);
      Alert alert = harness.alerts().get(0);
      DataOutputSerializer bytes = new DataOutputSerializer(64);
      AlertSerializer serializer = new AlertSerializer();
      serializer.serialize(alert, bytes);
      assertThat(serializer.deserialize(new DataInputDeserializer(bytes.getCopyOfBuffer())))
          .isEqualTo(alert);
    }
  }

  // ---- what is needed for it

  private static WatchHarness started(Monitor monitor) throws Exception {
    WatchHarness harness = WatchHarness.start(WatchHarness.CONFIG);
    harness.define(definitions(monitor));
    return harness;
  }

  private static DefinitionSet definitions(Monitor monitor) {
    return DefinitionSet.empty().with(monitor, -20_000L);
  }

  private static Monitor monitor(Set<String> groupBy, long windowMs, int maxGroups) {
    return monitor(groupBy, windowMs, maxGroups, 0L);
  }

  private static Monitor delayed(long newGroupDelayMs) {
    return monitor(Set.of("host"), 60_000L, 1_000, newGroupDelayMs);
  }

  /** Alerts when the sum of a minute is above 10. */
  private static Monitor monitor(
      Set<String> groupBy, long windowMs, int maxGroups, long newGroupDelayMs) {
    return new Monitor(
        "acme",
        "total",
        1,
        0L,
        new SeriesFilter(new TextPattern("*"), List.of()),
        MetricType.COUNTER,
        new TreeSet<>(groupBy),
        new Monitor.Measure(Monitor.Function.SUM, 0),
        windowMs,
        windowMs,
        new Monitor.Thresholds(
            Monitor.Side.ABOVE,
            10,
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            OptionalDouble.empty()),
        Monitor.NoData.REPORT,
        newGroupDelayMs,
        600_000L,
        maxGroups);
  }

  private static SeriesIdentity series(Monitor monitor, String... tags) {
    return monitor.gathered(new SeriesIdentity("acme", "cpu", List.of(tags)));
  }

  private static Point delta(SeriesIdentity series, long timestampMs, double value) {
    return new Point(series, MetricType.COUNTER, timestampMs, value);
  }

  private static SeriesEntry entry(SeriesIdentity series) {
    long[] hash = series.hash();
    return new SeriesEntry(hash[0], hash[1], MetricType.COUNTER, series, 0L, 0L);
  }

  private static IntakeStatus stalledAt(long nowMs) {
    return new IntakeStatus(
        new TreeMap<>(Map.of()), new TreeMap<>(), nowMs, new TreeSet<>(Set.of("points/1")));
  }
}
