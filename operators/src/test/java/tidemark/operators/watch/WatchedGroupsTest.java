package tidemark.operators.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;
import tidemark.operators.watch.WatchHarness.Point;
import tidemark.serde.definition.DefinitionSet;
import tidemark.serde.partial.PartialBatch;
import tidemark.serde.partial.PartialWriter;
import tidemark.state.MetricNames;
import tidemark.state.MetricType;
import tidemark.state.PartialRow;
import tidemark.state.PartialTable;
import tidemark.state.SeriesIdentity;
import tidemark.state.definition.Definition;
import tidemark.state.definition.Monitor;
import tidemark.state.definition.Removal;
import tidemark.state.definition.SeriesFilter;
import tidemark.state.definition.TextPattern;
import tidemark.state.monitor.Verdict;
import tidemark.state.monitor.VerdictMark;

/** Which groups are in memory, and that those that are not are judged as if they were. */
class WatchedGroupsTest {
  private static final long FORGET_MS = 600_000L;
  private static final int KEY_GROUP = 3;

  @Test
  void memoryIsBoundedByTheLimitHoweverManyGroupsThereAre() throws Exception {
    int announced = 50_000;
    // a key group has 2.5 of 20, four standard deviations are 6.3, and four more: 12.8
    int members = WatchHarness.MAX_PARALLELISM * 13;
    Monitor monitor = monitor(20);
    List<SeriesIdentity> hosts =
        IntStream.range(0, announced).mapToObj(i -> series(monitor, i)).toList();
    OperatorSubtaskState state;
    try (WatchHarness harness = WatchHarness.start(WatchHarness.CONFIG)) {
      harness.define(definitions(monitor));
      for (SeriesIdentity host : hosts) {
        harness.announce(host, MetricType.COUNTER);
      }
      assertThat(harness.metric("groupsAnnounced")).isEqualTo(announced);
      assertThat(harness.metric("groupsInMemory")).isZero();

      harness.rows(hosts.stream().map(host -> delta(host, 60_000L)).toList());
      assertThat(harness.metric("rowsRefused")).isEqualTo(announced - members);
      assertThat(harness.metric("groupsRefused")).isEqualTo(announced - members);
      assertThat(harness.metric("groupsInMemory")).isEqualTo(members + WatchedGroups.MAX_RESTING);
      harness.watermark(119_999L);
      assertThat(harness.verdicts()).hasSize(members);
      state = harness.snapshot();
    }
    Removal removal = new Removal(Definition.Kind.MONITOR, "acme", "total", 2, 0);
    try (WatchHarness harness = WatchHarness.start(WatchHarness.CONFIG, 2, 1, state)) {
      DefinitionSet removed = definitions(monitor).with(removal, 6_000_000L);
      harness.define(removed);
      assertThat(harness.metric("groupsAnnounced")).isEqualTo(announced);
      assertThat(harness.metric("groupsInMemory")).isEqualTo(members);

      harness.watermark(5_999_999L); // all are forgotten
      assertThat(harness.metric("groupsInMemory")).isZero();
      harness.snapshot();
      assertThat(harness.stateEntries()).isEqualTo(announced);

      harness.rows(List.of(delta(hosts.get(0), 5_990_000L), delta(hosts.get(1), 5_990_000L)));
      assertThat(harness.metric("groupsInMemory")).isEqualTo(2);
      harness.watermark(9_700_000L);
      assertThat(harness.metric("versions")).isZero();
      assertThat(harness.metric("groupsAnnounced")).isZero();
      harness.snapshot();
      assertThat(harness.stateEntries()).isZero();
    }
  }

  @Test
  void aForgottenGroupStaysInMemoryUntilItsRowsHaveGone() throws Exception {
    Monitor monitor = monitor(20, 1, 0L, 60_000L);
    Removal removal = new Removal(Definition.Kind.MONITOR, "acme", "total", 2, 0);
    try (WatchHarness harness = WatchHarness.start(WatchHarness.CONFIG)) {
      harness.define(definitions(monitor).with(removal, 3_860_000L));
      harness.announce(series(monitor, 0), MetricType.COUNTER);
      harness.rows(List.of(delta(series(monitor, 0), 60_000L)));
      harness.watermark(3_850_000L); // forgotten, but its block of rows reaches to 300 s
      assertThat(harness.metric("groupsInMemory")).isEqualTo(1);
      harness.watermark(7_600_000L);
      assertThat(harness.stateEntries()).isZero();
    }
  }

  @Test
  void theEndOfAVersionLeavesTheGroupsOfOthers() throws Exception {
    Monitor monitor = monitor(20);
    Monitor next = monitor(20, 2, 300_000L);
    try (WatchHarness harness = WatchHarness.start(WatchHarness.CONFIG, 3, 1, null)) {
      for (int i = 0; i < 40; i++) {
        harness.announce(series(monitor, i), MetricType.COUNTER);
        harness.announce(series(next, i), MetricType.COUNTER);
      }
      harness.define(definitions(monitor).with(next, 200_000L));
      harness.watermark(350_000L);
      assertThat(harness.metric("groupsAnnounced")).isEqualTo(80);
      harness.watermark(4_000_000L);
      assertThat(harness.metric("groupsAnnounced")).isEqualTo(40);
      assertThat(harness.stateEntries()).isEqualTo(40);

      harness.rows(
          IntStream.range(0, 20).mapToObj(i -> delta(series(next, i), 3_960_000L)).toList());
      harness.watermark(4_019_999L);
      assertThat(harness.verdicts()).hasSize(20);
    }
  }

  @Test
  void aRefusedGroupCountsOnceWhileItIsRememberedAndElseWithEachRow() throws Exception {
    Monitor monitor = monitor(1);
    List<SeriesIdentity> hosts = inOneKeyGroup(monitor, 3);
    try (WatchHarness harness =
        WatchHarness.start(WatchHarness.CONFIG, 1, 1, null, 1)) { // remembers one
      harness.define(definitions(monitor));
      for (SeriesIdentity host : hosts) {
        harness.announce(host, MetricType.COUNTER);
      }
      for (long ms = 60_000L; ms < 90_000L; ms += 10_000L) {
        for (SeriesIdentity host : hosts) {
          harness.rows(List.of(delta(host, ms)));
        }
      }
      assertThat(harness.metric("rowsRefused")).isEqualTo(6);
      assertThat(harness.metric("groupsRefused")).isEqualTo(1 + 3);

      harness.watermark(390_000L);
      harness.snapshot();
      harness.rows(List.of(delta(hosts.get(1), 80_000L)));
      assertThat(harness.metric("groupsRefused")).isEqualTo(1 + 3);
      harness.watermark(390_001L); // five minutes behind what was refused
      harness.snapshot();
      assertThat(harness.metric("groupsInMemory")).isEqualTo(1);
      harness.rows(List.of(delta(hosts.get(2), 390_000L), delta(hosts.get(2), 400_000L)));
      harness.rows(List.of(delta(hosts.get(1), 390_000L)));
      assertThat(harness.metric("groupsRefused")).isEqualTo(1 + 3 + 1 + 1);
    }
  }

  @Test
  void aLateRowOfAForgottenGroupAmendsAlsoBeforeDefinitionsHaveCome() throws Exception {
    Monitor monitor = monitor(20);
    SeriesIdentity host = series(monitor, 0);
    OperatorSubtaskState state;
    try (WatchHarness harness = WatchHarness.start(WatchHarness.CONFIG)) {
      harness.define(definitions(monitor));
      harness.announce(host, MetricType.COUNTER);
      harness.rows(List.of(delta(host, 60_000L)));
      harness.watermark(119_999L);
      harness.watermark(4_500_000L);
      assertThat(harness.metric("groupsInMemory")).isZero();
      harness.watermark(6_000_000L);
      state = harness.snapshot();
      harness.verdicts();

      harness.rows(List.of(delta(host, 5_000_000L)));
      harness.beforeBarrier();
      assertAmendedUntilForgotten(harness.verdicts());
    }
    try (WatchHarness harness = WatchHarness.start(WatchHarness.CONFIG, 1, 1, state)) {
      harness.rows(List.of(delta(host, 5_000_000L)));
      harness.define(definitions(monitor));
      harness.watermark(6_060_000L);
      assertAmendedUntilForgotten(harness.verdicts());
    }
  }

  private static void assertAmendedUntilForgotten(List<Verdict> verdicts) {
    assertThat(verdicts)
        .extracting(Verdict::windowEndMs, Verdict::marks)
        .containsExactlyElementsOf(
            LongStream.iterate(5_040_000L, ms -> ms <= 5_010_000L + FORGET_MS, ms -> ms + 60_000L)
                .mapToObj(ms -> tuple(ms, Set.of(VerdictMark.AMENDED)))
                .toList());
  }

  @Test
  void aRunThatAmendsForLongerJudgesNoGroupWithoutWhatWasTooOldBefore() throws Exception {
    Monitor monitor = monitor(20);
    SeriesIdentity host = series(monitor, 0);
    WatchConfig shorter = new WatchConfig(60_000L, 300_000L, 10_000L, 1 << 16);
    OperatorSubtaskState state;
    try (WatchHarness harness = WatchHarness.start(shorter)) {
      harness.define(definitions(monitor));
      harness.announce(host, MetricType.COUNTER);
      harness.watermark(1_000_000L);
      harness.rows(List.of(delta(host, 600_000L)));
      state = harness.snapshot();
    }
    try (WatchHarness harness = WatchHarness.start(WatchHarness.CONFIG, 1, 1, state)) {
      harness.define(definitions(monitor));
      harness.rows(List.of(delta(host, 610_000L)));
      harness.watermark(1_000_001L);
      assertThat(harness.verdicts()).isEmpty();
    }
  }

  @Test
  void aRowWithTheIdOfAnotherVersionsGroupIsUnknown() throws Exception {
    Monitor monitor = monitor(20);
    Monitor next = monitor(20, 2, 300_000L);
    SeriesIdentity host = series(monitor, 0);
    try (WatchHarness harness = WatchHarness.start(WatchHarness.CONFIG)) {
      harness.define(definitions(monitor).with(next, 200_000L));
      harness.announce(host, MetricType.COUNTER);
      harness.process(row(host.hash()[0], series(next, 0), 400_000L));
      harness.watermark(500_000L);
      assertThat(harness.metric("rowsUnknown")).isEqualTo(1);
      assertThat(harness.verdicts()).isEmpty();
    }
  }

  // ---- what is needed for it

  private static PartialBatch row(long seriesId, SeriesIdentity name, long paneMs) {
    MetricNames names = new MetricNames(1);
    PartialTable table = new PartialTable(16);
    int number = names.number(MetricType.COUNTER, name.org(), name.metric());
    int entry = table.entry(seriesId, number, MetricType.COUNTER, paneMs);
    table.addDeltas(entry, new double[] {1}, 0, 1);
    PartialWriter writer = new PartialWriter(names, new PartialBatch(64));
    writer.begin(WatchHarness.KEY_GROUPS.groupOf(seriesId), 10);
    PartialRow row = new PartialRow();
    table.read(0, row);
    writer.write(row);
    return writer.batch();
  }

  private static List<SeriesIdentity> inOneKeyGroup(Monitor monitor, int groups) {
    List<SeriesIdentity> found = new ArrayList<>();
    for (int i = 0; found.size() < groups; i++) {
      SeriesIdentity series = series(monitor, i);
      if (WatchHarness.KEY_GROUPS.groupOf(series.hash()[0]) == KEY_GROUP) {
        found.add(series);
      }
    }
    return found;
  }

  private static DefinitionSet definitions(Monitor monitor) {
    return DefinitionSet.empty().with(monitor, -20_000L);
  }

  private static Monitor monitor(int maxGroups) {
    return monitor(maxGroups, 1, 0L);
  }

  private static Monitor monitor(int maxGroups, int version, long fromMs) {
    return monitor(maxGroups, version, fromMs, FORGET_MS);
  }

  /** Alerts when the sum of a minute is above 10. */
  private static Monitor monitor(int maxGroups, int version, long fromMs, long forgetMs) {
    return new Monitor(
        "acme",
        "total",
        version,
        fromMs,
        new SeriesFilter(new TextPattern("*"), List.of()),
        MetricType.COUNTER,
        new TreeSet<>(Set.of("host")),
        new Monitor.Measure(Monitor.Function.SUM, 0),
        60_000L,
        60_000L,
        new Monitor.Thresholds(
            Monitor.Side.ABOVE,
            10,
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            OptionalDouble.empty()),
        Monitor.NoData.REPORT,
        0L,
        forgetMs,
        maxGroups);
  }

  private static SeriesIdentity series(Monitor monitor, int host) {
    return monitor.gathered(new SeriesIdentity("acme", "cpu", List.of("host:" + host)));
  }

  private static Point delta(SeriesIdentity series, long timestampMs) {
    return new Point(series, MetricType.COUNTER, timestampMs, 1);
  }
}
