package tidemark.operators.watermark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGeneratorSupplier;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.util.clock.RelativeClock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tidemark.operators.IntakeRecord;

class HeartbeatWatermarksTest {
  private static final long DELAY_MS = 100L;
  private static final long IDLE_MS = 1_000L;
  private static final WatermarkConfig ESTIMATING =
      new WatermarkConfig(WithoutHeartbeats.ESTIMATE, DELAY_MS, IDLE_MS);

  private static final WatermarkConfig HOLDING =
      new WatermarkConfig(WithoutHeartbeats.HOLD, DELAY_MS, IDLE_MS);

  private final ManualClock clock = new ManualClock();
  private final Recorder output = new Recorder();
  private final HeartbeatWatermarks watermarks = HeartbeatWatermarks.ofPartition(ESTIMATING, clock);

  @Test
  void aHeartbeatVouchesForEverythingBeforeIt() {
    heartbeat(5_000L);
    assertThat(output.watermarks).containsExactly(4_999L);
    heartbeat(6_000L);
    assertThat(output.watermarks).containsExactly(4_999L, 5_999L);
  }

  @Test
  void withHeartbeatsNothingElseMovesIt() {
    heartbeat(5_000L);
    record(1_000_000L);
    clock.nowMs += 100 * IDLE_MS;
    tick();
    assertThat(output.watermarks).containsExactly(4_999L);
    assertThat(output.idles).isZero();
  }

  @Test
  void withoutHeartbeatsItFollowsBrokerTimeWithADelay() {
    record(5_000L);
    assertThat(output.watermarks).isEmpty();
    tick();
    assertThat(output.watermarks).containsExactly(4_899L);
    record(4_000L); // broker time may step back
    tick();
    assertThat(output.watermarks).containsExactly(4_899L);
    record(5_001L);
    tick();
    assertThat(output.watermarks).containsExactly(4_899L, 4_900L);
  }

  @Test
  void pointTimestampsDoNotMoveIt() {
    watermarks.onEvent(brokerRecord(5_000L, IntakeRecord.NO_HEARTBEAT), 9_999_999L, output);
    tick();
    assertThat(output.watermarks).containsExactly(4_899L);
  }

  @Test
  void onlyALongSilenceLetsTimeGoOn() {
    record(5_000L);
    clock.nowMs += IDLE_MS - 1;
    tick();
    assertThat(output.watermarks).containsExactly(4_899L);
    clock.nowMs += 1;
    tick();
    assertThat(output.watermarks).containsExactly(4_899L, 5_899L);
    clock.nowMs += 7;
    tick();
    assertThat(output.watermarks).containsExactly(4_899L, 5_899L, 5_906L);
    assertThat(output.idles).isZero();
  }

  @Test
  void aPartitionThatNeverBroughtARecordHoldsNobody() {
    clock.nowMs += IDLE_MS - 1;
    tick();
    assertThat(output.idles).isZero();
    clock.nowMs += 1;
    tick();
    assertThat(output.idles).isEqualTo(1);
    assertThat(output.watermarks).isEmpty();
  }

  @Test
  void theFirstHeartbeatTakesOverFromTheEstimateWithoutAStepBack() {
    record(50_000L);
    tick();
    heartbeat(10_000L);
    tick();
    assertThat(output.watermarks).containsExactly(49_899L);
    heartbeat(49_901L);
    assertThat(output.watermarks).containsExactly(49_899L, 49_900L);
  }

  @Test
  void aBadHeartbeatIsNone() {
    watermarks.onEvent(brokerRecord(5_000L, IntakeRecord.BAD_HEARTBEAT), 0L, output);
    assertThat(output.watermarks).isEmpty();
    tick();
    assertThat(output.watermarks).containsExactly(4_899L);
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void neverRegresses(long seed) {
    Random random = new Random(seed);
    for (int step = 0; step < 2_000; step++) {
      switch (random.nextInt(4)) {
        case 0 -> record(random.nextInt(100_000));
        case 1 -> tick();
        case 2 -> clock.nowMs += random.nextInt(2_000);
        default -> {
          if (step > 1_000) {
            heartbeat(random.nextInt(1_000_000));
          }
        }
      }
    }
    assertThat(output.watermarks).as("seed %s", seed).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void theStrategyStampsRecordsWithTheirBrokerTime() {
    var assigner = HeartbeatWatermarks.strategy(ESTIMATING).createTimestampAssigner(() -> null);
    assertThat(assigner.extractTimestamp(brokerRecord(77L, IntakeRecord.NO_HEARTBEAT), -1L))
        .isEqualTo(77L);
  }

  @Test
  void aPartitionThatHoldsWaitsForItsFirstHeartbeatForEver() {
    HeartbeatWatermarks holding = HeartbeatWatermarks.ofPartition(HOLDING, clock);
    holding.onEvent(brokerRecord(5_000L, IntakeRecord.NO_HEARTBEAT), 0L, output);
    clock.nowMs += 100 * IDLE_MS;
    holding.onPeriodicEmit(output);
    assertThat(output.watermarks).isEmpty();
    assertThat(output.idles).isZero();
    holding.onEvent(brokerRecord(6_000L, 5_500L), 0L, output);
    assertThat(output.watermarks).containsExactly(5_499L);
  }

  @Test
  void anEmptyPartitionThatHoldsHoldsToo() {
    HeartbeatWatermarks holding = HeartbeatWatermarks.ofPartition(HOLDING, clock);
    clock.nowMs += 100 * IDLE_MS;
    holding.onPeriodicEmit(output);
    assertThat(output.idles).isZero();
  }

  /** Else the others' windows would close before its first partition is read. */
  @Test
  void aTaskThatWasGivenNoPartitionYetHoldsToo() {
    var task = HeartbeatWatermarks.strategy(HOLDING).createWatermarkGenerator(new Context());
    clock.nowMs += 100 * IDLE_MS;
    task.onPeriodicEmit(output);
    assertThat(output.idles).isZero();
    assertThat(output.watermarks).isEmpty();
  }

  /** There are some when partitions are few. */
  @Test
  void aTaskWithoutPartitionsDoesNotHoldAnEstimate() {
    var strategy = HeartbeatWatermarks.strategy(ESTIMATING);
    WatermarkGeneratorSupplier.Context context = new Context();
    var task = strategy.createWatermarkGenerator(context);
    task.onPeriodicEmit(output);
    assertThat(output.idles).isEqualTo(1);
    strategy.createWatermarkGenerator(context).onPeriodicEmit(output);
    assertThat(output.idles).as("a partition waits for a while").isEqualTo(1);
  }

  private final class Context implements WatermarkGeneratorSupplier.Context {
    @Override
    public MetricGroup getMetricGroup() {
      return new UnregisteredMetricsGroup();
    }

    @Override
    public RelativeClock getInputActivityClock() {
      return clock;
    }
  }

  private void heartbeat(long timestampMs) {
    watermarks.onEvent(brokerRecord(timestampMs, timestampMs), 0L, output);
  }

  private void record(long brokerTimeMs) {
    watermarks.onEvent(brokerRecord(brokerTimeMs, IntakeRecord.NO_HEARTBEAT), 0L, output);
  }

  private void tick() {
    watermarks.onPeriodicEmit(output);
  }

  private static IntakeRecord brokerRecord(long brokerTimeMs, long heartbeatMs) {
    return new IntakeRecord("points", 0, 0L, brokerTimeMs, "native", "", heartbeatMs, new byte[0]);
  }

  private static final class ManualClock implements RelativeClock {
    private long nowMs = 123L;

    @Override
    public long relativeTimeMillis() {
      return nowMs;
    }

    @Override
    public long relativeTimeNanos() {
      return nowMs * 1_000_000L;
    }
  }

  private static final class Recorder implements WatermarkOutput {
    private final List<Long> watermarks = new ArrayList<>();
    private int idles;

    @Override
    public void emitWatermark(Watermark watermark) {
      watermarks.add(watermark.getTimestamp());
    }

    @Override
    public void markIdle() {
      idles++;
    }

    @Override
    public void markActive() {
      throw new IllegalStateException("a watermark makes a partition active by itself");
    }
  }
}
