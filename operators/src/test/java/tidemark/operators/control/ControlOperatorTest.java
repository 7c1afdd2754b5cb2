package tidemark.operators.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.TwoInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import tidemark.operators.IntakeRecord;
import tidemark.operators.KeyGroups;
import tidemark.operators.PartialBatchSerializer;
import tidemark.operators.RuleSamples;
import tidemark.serde.definition.DefinitionCodec;
import tidemark.serde.definition.DefinitionLimits;
import tidemark.serde.definition.DefinitionSet;
import tidemark.serde.partial.IntakeStatus;
import tidemark.serde.partial.PartialBatch;
import tidemark.serde.wire.IntakeHeaders;
import tidemark.state.definition.Definition;
import tidemark.state.definition.Removal;

class ControlOperatorTest {
  private static final ControlConfig CONFIG =
      new ControlConfig(
          "control", "", 5_000L, new DefinitionLimits(2, 2, 300, 1_000_000, 1, 1, 100_000L));
  private static final Definition FIRST =
      new Removal(Definition.Kind.RULE, "acme", "by-host", 1, 40_000L);

  private TwoInputStreamOperatorTestHarness<IntakeRecord, PartialBatch, PartialBatch> harness;
  private long offset;

  @Test
  void whatIsDefinedComesBeforeTheWatermarkThatRestsOnIt() throws Exception {
    start(null);
    define(FIRST, 12_345L);
    harness.processWatermark2(new Watermark(30_000L));
    assertThat(definitions()).isEmpty();
    harness.processWatermark1(new Watermark(20_000L));
    assertThat(harness.getOutput())
        .last()
        .isEqualTo(new Watermark(20_000L)); // the lesser of both, and last
    assertThat(definitions()).containsExactly(FIRST);
  }

  @Test
  void aDefinitionCountsFromTheNextTenSecondsBehindItsRecord() throws Exception {
    start(null);
    define(FIRST, 40_000L);
    advance(50_000L);
    assertThat(definitions()).containsExactly(FIRST.withFrom(50_000L));
  }

  @Test
  void aRestoredOneSaysAgainWhatItKnew() throws Exception {
    start(null);
    define(FIRST, 1L);
    status(status("points", 2, 7_000L, 8_000L));
    OperatorSubtaskState state = harness.snapshot(1, 1);
    harness.close();
    start(state);
    advance(5_000L);
    assertThat(definitions()).containsExactly(FIRST);
    assertThat(lastStatus().provenMs()).isEqualTo(6_999L);
  }

  /** All tasks parse what is told: it must not follow the number of changes, and never be late. */
  @Test
  void changesAreToldTogetherBeforeTheFirstOfThemCounts() throws Exception {
    long seed = 20261122;
    Random random = new Random(seed);
    start(null);
    advance(1L);
    assertThat(all(PartialBatch.Kind.DEFINITIONS)).as("told at the start").hasSize(1);
    List<Definition> counting = new ArrayList<>(); // each with the start that must count for it
    int seconds = 50;
    for (int second = 0; second < seconds; second++) {
      for (int change = 0; change < 10; change++) {
        long brokerTimeMs = second * 1_000L + change;
        long fromMs = random.nextInt(80_000);
        int version = second * 5 + change / 2 + 1;
        Definition rule =
            RuleSamples.keeping("acme", change % 2 == 0 ? "a" : "b", version, fromMs, "host");
        define(rule, brokerTimeMs);
        long nextStepMs = brokerTimeMs / 10_000 * 10_000 + 10_000;
        counting.add(rule.withFrom(Math.max(fromMs, nextStepMs)));
      }
      harness.setProcessingTime(second * 1_000L + 500);
      long watermarkMs = second * 1_000L + 600;
      advance(watermarkMs);
      DefinitionSet told = lastTold();
      for (Definition each : counting) {
        if (each.fromMs() <= watermarkMs) {
          assertThat(told.ruleAt("acme", each.name(), watermarkMs))
              .as("seed %s, at %s", seed, watermarkMs)
              .isEqualTo(inForce(counting, each.name(), watermarkMs));
        }
      }
    }
    assertThat(all(PartialBatch.Kind.DEFINITIONS))
        .as("one at the start, and one each time that the watermark reaches a full 10 s")
        .hasSize(1 + 4);
  }

  /**
   * By the words of the design: the last record whose start has come, unless a later replaced it.
   */
  private static Optional<Definition> inForce(List<Definition> records, String name, long ms) {
    return records.stream()
        .filter(each -> each.name().equals(name) && each.fromMs() <= ms)
        .reduce((first, second) -> second);
  }

  @Test
  void whatWasGatheredBeforeABarrierIsToldByTheRestoredOne() throws Exception {
    start(null);
    advance(5_000L);
    define(FIRST, 12_345L); // counts from 40,000 on
    advance(13_000L);
    OperatorSubtaskState state = harness.snapshot(1, 1);
    assertThat(definitions()).as("nobody needs it yet").isEmpty();
    advance(40_000L);
    assertThat(definitions()).containsExactly(FIRST);
    assertThat(harness.getOutput()).last().isEqualTo(new Watermark(40_000L));
    harness.close();
    start(state);
    advance(14_000L);
    assertThat(definitions()).containsExactly(FIRST);
    assertThat(harness.getOutput()).last().isEqualTo(new Watermark(14_000L));
    advance(50_000L);
    assertThat(all(PartialBatch.Kind.DEFINITIONS)).as("once is enough").hasSize(1);
  }

  /** Windows that are overdue by the clock are spoken of: their definitions must be known. */
  @Test
  void whileAPartitionStallsTheClockDecidesWhenToTell() throws Exception {
    start(null);
    status(status("points", 2, 11_000L, 11_000L));
    advance(10_000L);
    define(FIRST, 12_345L); // counts from 40,000 on
    harness.setProcessingTime(15_000L);
    status(status("points", 2, 14_000L, 14_000L));
    harness.setProcessingTime(16_000L);
    harness.setProcessingTime(39_000L);
    assertThat(lastStatus().stalled()).hasSize(2);
    assertThat(definitions()).isEmpty();
    harness.setProcessingTime(40_000L);
    assertThat(definitions()).containsExactly(FIRST);
  }

  @Test
  void aPartitionThatNobodyHasReadHoldsTheWatermark() throws Exception {
    start(null);
    advance(10_000L);
    status(status("points", 3, 11_000L, 12_000L)); // the third one is only known to exist
    advance(11_000L);
    assertThat(lastWatermarkMs()).isEqualTo(10_000L);
    status(status("points", 3, 11_000L, 12_000L, 12_000L));
    assertThat(lastWatermarkMs()).isEqualTo(11_000L);
    assertThat(lastStatus().proves(10_999L)).isTrue();
  }

  /** Whoever drains a job wants all windows closed; nothing can come any more. */
  @Test
  void theEndOfAllInputIsHeldByNobody() throws Exception {
    start(null);
    status(status("points", 3, 11_000L, 12_000L)); // the third one was never read
    define(FIRST, 12_345L);
    advance(11_000L);
    assertThat(lastWatermarkMs()).isEqualTo(Long.MIN_VALUE);
    advance(Long.MAX_VALUE);
    assertThat(harness.getOutput()).last().isEqualTo(Watermark.MAX_WATERMARK);
    assertThat(definitions()).containsExactly(FIRST);
    assertThat(lastStatus().proves(11_000L)).isFalse();
  }

  @Test
  void stateOfAnotherTopicIsRefused() throws Exception {
    start(null);
    status(status("old", 2, 11_000L));
    OperatorSubtaskState state = harness.snapshot(1, 1);
    harness.close();
    assertThatThrownBy(() -> start(state))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "the state that this job starts from was read from topic old, and"
                + " tidemark.source.topic is points: its partitions would hold the watermark for"
                + " ever; name the topic of before, or start without state");
  }

  @Test
  void whoStandsStillIsNamed() throws Exception {
    start(null);
    status(status("points", 3, 11_000L, 12_000L));
    harness.setProcessingTime(1_000L);
    harness.setProcessingTime(4_000L);
    status(status("points", 3, 11_000L, 13_000L));
    harness.setProcessingTime(5_000L);
    harness.setProcessingTime(7_000L);
    assertThat(lastStatus().stalled()).containsExactly("points/0", "points/2");
    status(status("points", 3, 14_000L, 14_000L, 14_000L));
    harness.setProcessingTime(8_000L);
    assertThat(lastStatus().stalled()).isEmpty();
  }

  @Test
  void whatIsNoDefinitionAndWhatIsOneTooManyBecomesADeadLetter() throws Exception {
    start(null);
    record(IntakeHeaders.DEFINITION, "{\"v\":1}".getBytes(StandardCharsets.UTF_8), 1L);
    record(IntakeHeaders.NATIVE, new byte[] {1}, 1L);
    record(IntakeHeaders.DEFINITION, new byte[0], 1L); // a tombstone is no letter
    for (String name : List.of("a", "b", "c")) {
      define(RuleSamples.keeping("acme", name, 1, 0L, "host"), 1L);
    }
    define(RuleSamples.keeping("globex", "c", 1, 0L, "host"), 1L);
    define(RuleSamples.of("globex", "d", 1, 0L, "host", List.of(10), 1_000_001), 1L);
    advance(50_000L);
    assertThat(definitions()).extracting(Definition::name).containsExactly("a", "b", "c");
    assertThat(harness.getSideOutput(ControlOperator.DEAD_LETTERS))
        .extracting(letter -> letter.getValue().offset())
        .containsExactly(0L, 1L, 5L, 7L);
  }

  @Test
  void whatEndedLongAgoIsForgotten() throws Exception {
    start(null);
    define(RuleSamples.keeping("acme", "a", 1, 0L, "host"), 1L);
    define(RuleSamples.keeping("acme", "a", 2, 60_000L, "zone"), 2L);
    advance(160_000L - 1);
    define(RuleSamples.keeping("acme", "b", 1, 0L, "host"), 3L);
    advance(160_000L);
    assertThat(definitions()).extracting(Definition::version).containsExactly(1, 2, 1);
    define(RuleSamples.keeping("globex", "c", 1, 0L, "host"), 4L);
    advance(160_001L); // what is told first is of the watermark before
    assertThat(definitions()).extracting(Definition::version).containsExactly(2, 1, 1);
  }

  @Test
  void aGateSaysAtItsStartWhatItKnewAndWaitsForBothInputs() throws Exception {
    byte[] known = DefinitionSet.empty().with(FIRST, 1L).toBytes();
    OperatorSubtaskState state;
    try (var gate = gate(null)) {
      gate.processElement2(new StreamRecord<>(batch(PartialBatch.Kind.DEFINITIONS, known)));
      gate.processElement1(new StreamRecord<>(batch(PartialBatch.Kind.PARTIALS, new byte[] {5})));
      gate.processWatermark1(new Watermark(9L));
      assertThat(gate.extractOutputValues())
          .extracting(PartialBatch::kind)
          .containsExactly(PartialBatch.Kind.DEFINITIONS, PartialBatch.Kind.PARTIALS);
      assertThat(gate.getOutput()).doesNotContain(new Watermark(9L));
      gate.processWatermark2(new Watermark(7L));
      assertThat(gate.getOutput()).contains(new Watermark(7L));
      state = gate.snapshot(1, 1);
    }
    try (var gate = gate(state)) {
      assertThat(gate.extractOutputValues())
          .singleElement()
          .satisfies(told -> assertThat(told.toBytes()).isEqualTo(known));
    }
  }

  /** Else the state would grow with the tasks, and what each of them reads with their square. */
  @Test
  void theFirstGateWritesTheDefinitionsForAll() throws Exception {
    byte[] known = DefinitionSet.empty().with(FIRST, 1L).toBytes();
    List<OperatorSubtaskState> states = new ArrayList<>();
    for (int subtask = 0; subtask < 2; subtask++) {
      try (var gate = gate(null, 2, subtask)) {
        gate.processElement2(new StreamRecord<>(batch(PartialBatch.Kind.DEFINITIONS, known)));
        states.add(gate.snapshot(1, 1));
      }
    }
    assertThat(states.get(1).getManagedOperatorState())
        .flatExtracting(handle -> handle.getStateNameToPartitionOffsets().values())
        .allSatisfy(kept -> assertThat(kept.getOffsets()).isEmpty());
    OperatorSubtaskState all =
        AbstractStreamOperatorTestHarness.repackageState(
            states.toArray(OperatorSubtaskState[]::new));
    for (int subtask = 0; subtask < 3; subtask++) {
      OperatorSubtaskState own =
          AbstractStreamOperatorTestHarness.repartitionOperatorState(all, 8, 2, 3, subtask);
      try (var gate = gate(own, 3, subtask)) {
        assertThat(gate.extractOutputValues())
            .singleElement()
            .satisfies(told -> assertThat(told.toBytes()).isEqualTo(known));
      }
    }
  }

  /** A source has no partition before it was given one, and is idle until then. */
  @Test
  void anIdleInputHoldsTheControl() throws Exception {
    for (int idle = 1; idle <= 2; idle++) {
      start(null);
      if (idle == 1) {
        harness.processWatermarkStatus1(WatermarkStatus.IDLE);
        harness.processWatermark2(new Watermark(30_000L));
      } else {
        harness.processWatermarkStatus2(WatermarkStatus.IDLE);
        harness.processWatermark1(new Watermark(30_000L));
      }
      assertThat(lastWatermarkMs()).isEqualTo(Long.MIN_VALUE);
      advance(40_000L);
      assertThat(lastWatermarkMs()).isEqualTo(40_000L);
      harness.close();
    }
  }

  @Test
  void anIdleInputHoldsAGate() throws Exception {
    try (var gate = gate(null)) {
      gate.processWatermarkStatus1(WatermarkStatus.IDLE);
      gate.processWatermark2(new Watermark(30_000L));
      gate.processWatermarkStatus2(WatermarkStatus.IDLE);
      assertThat(gate.getOutput()).isEmpty();
      gate.processWatermark1(new Watermark(20_000L));
      assertThat(gate.getOutput()).containsExactly(new Watermark(20_000L));
    }
  }

  @Test
  void aRecordOfAnImpossibleTimeIsRefused() throws Exception {
    start(null);
    define(FIRST, Long.MAX_VALUE);
    advance(50_000L);
    assertThat(definitions()).isEmpty();
    assertThat(harness.getSideOutput(ControlOperator.DEAD_LETTERS)).hasSize(1);
  }

  private static TwoInputStreamOperatorTestHarness<PartialBatch, PartialBatch, PartialBatch> gate(
      OperatorSubtaskState state) throws Exception {
    return gate(state, 1, 0);
  }

  private static TwoInputStreamOperatorTestHarness<PartialBatch, PartialBatch, PartialBatch> gate(
      OperatorSubtaskState state, int parallelism, int subtask) throws Exception {
    var gate =
        new TwoInputStreamOperatorTestHarness<>(
            new GateOperator(new KeyGroups(8)), 8, parallelism, subtask);
    gate.setup(new PartialBatchSerializer());
    if (state != null) {
      gate.initializeState(state);
    }
    gate.open();
    return gate;
  }

  private void start(OperatorSubtaskState state) throws Exception {
    harness =
        new TwoInputStreamOperatorTestHarness<>(new ControlOperator(CONFIG, "points"), 1, 1, 0);
    harness.setup(new PartialBatchSerializer());
    if (state != null) {
      harness.initializeState(state);
    }
    harness.open();
  }

  private void define(Definition definition, long brokerTimeMs) throws Exception {
    record(IntakeHeaders.DEFINITION, DefinitionCodec.toJson(definition), brokerTimeMs);
  }

  private void record(String format, byte[] value, long brokerTimeMs) throws Exception {
    harness.processElement1(
        new StreamRecord<>(
            new IntakeRecord(
                "control",
                0,
                offset++,
                brokerTimeMs,
                format,
                "",
                IntakeRecord.NO_HEARTBEAT,
                value)));
  }

  private void status(IntakeStatus status) throws Exception {
    harness.processElement2(new StreamRecord<>(batch(PartialBatch.Kind.STATUS, status.toBytes())));
  }

  private static IntakeStatus status(String topic, int expected, long... heartbeatsMs) {
    TreeMap<String, IntakeStatus.Partition> partitions = new TreeMap<>();
    for (int i = 0; i < heartbeatsMs.length; i++) {
      partitions.put(topic + "/" + i, new IntakeStatus.Partition(i + 1, heartbeatsMs[i]));
    }
    TreeMap<String, Integer> counts = new TreeMap<>();
    counts.put(topic, expected);
    return new IntakeStatus(partitions, counts, IntakeStatus.UNKNOWN, new TreeSet<>());
  }

  private static PartialBatch batch(PartialBatch.Kind kind, byte[] bytes) {
    return PartialBatch.of(kind, 0, PartialBatch.OPEN, bytes);
  }

  private void advance(long watermarkMs) throws Exception {
    harness.processWatermark1(new Watermark(watermarkMs));
    harness.processWatermark2(new Watermark(watermarkMs));
  }

  private List<Definition> definitions() {
    return last(PartialBatch.Kind.DEFINITIONS).stream()
        .flatMap(batch -> DefinitionSet.ofBytes(batch.toBytes()).all().stream())
        .toList();
  }

  private IntakeStatus lastStatus() {
    PartialBatch batch = last(PartialBatch.Kind.STATUS).get(0);
    return IntakeStatus.ofBytes(batch.bytes(), batch.length());
  }

  private DefinitionSet lastTold() {
    return DefinitionSet.ofBytes(last(PartialBatch.Kind.DEFINITIONS).get(0).toBytes());
  }

  private List<PartialBatch> all(PartialBatch.Kind kind) {
    List<PartialBatch> all = new ArrayList<>(harness.extractOutputValues());
    all.removeIf(batch -> batch.kind() != kind);
    return all;
  }

  /** The last batch of that kind, if there is one. */
  private List<PartialBatch> last(PartialBatch.Kind kind) {
    List<PartialBatch> all = all(kind);
    return all.isEmpty() ? List.of() : all.subList(all.size() - 1, all.size());
  }

  private long lastWatermarkMs() {
    return harness.getOutput().stream()
        .filter(Watermark.class::isInstance)
        .mapToLong(mark -> ((Watermark) mark).getTimestamp())
        .max()
        .orElse(Long.MIN_VALUE);
  }
}
