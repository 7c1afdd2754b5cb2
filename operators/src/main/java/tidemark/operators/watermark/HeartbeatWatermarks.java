package tidemark.operators.watermark;

import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkGeneratorSupplier;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.util.clock.RelativeClock;
import tidemark.operators.IntakeRecord;

/**
 * Watermark of one partition; Flink takes the minimum over partitions.
 *
 * <p>A heartbeat for time T says that everything before T stands before it, so the watermark is T -
 * 1. From the first heartbeat on nothing else moves it, and the partition is never idle: without
 * further heartbeats it holds everyone. Whether it does so from the start on is a setting; then a
 * source task holds everyone too until it has been given its partitions, so there must be no more
 * tasks than partitions: Flink leaves out whoever is idle, and lets time go on without what is
 * still to come. Else the watermark before the first heartbeat is an estimate: broker time of the
 * last record less a delay, and while no record comes, that time goes on with the source's active
 * time, which stands still under back-pressure. Estimates may be wrong; then rows come late, and
 * none is lost.
 */
public final class HeartbeatWatermarks implements WatermarkGenerator<IntakeRecord> {
  private static final long NONE = Long.MIN_VALUE;

  /** Whom a generator speaks for. */
  private enum Scope {
    /** The source task itself, which has no records that are no partition's. */
    TASK,
    PARTITION
  }

  private final WatermarkConfig config;
  private final RelativeClock clock;
  private final Scope scope;

  private long heartbeatMs = NONE;
  private long brokerTimeMs = NONE;
  private long lastRecordAtMs;
  private long emittedMs = NONE;

  private HeartbeatWatermarks(WatermarkConfig config, RelativeClock clock, Scope scope) {
    this.config = config;
    this.clock = clock;
    this.scope = scope;
    lastRecordAtMs = clock.relativeTimeMillis();
  }

  static HeartbeatWatermarks ofPartition(WatermarkConfig config, RelativeClock clock) {
    return new HeartbeatWatermarks(config, clock, Scope.PARTITION);
  }

  public static WatermarkStrategy<IntakeRecord> strategy(WatermarkConfig config) {
    WatermarkStrategy<IntakeRecord> strategy = new Generators(config);
    return strategy.withTimestampAssigner((record, brokerTimeMs) -> record.brokerTimeMs());
  }

  /**
   * Flink asks for one generator for the source task, before it knows of any partition, and then
   * for one for each partition. They must not be taken for each other where watermarks are
   * estimated: a task without partitions holds nobody, and a new partition does.
   */
  private static final class Generators implements WatermarkStrategy<IntakeRecord> {
    private static final long serialVersionUID = 1L;

    private final WatermarkConfig config;
    private transient boolean hasTask;

    Generators(WatermarkConfig config) {
      this.config = config;
    }

    @Override
    public WatermarkGenerator<IntakeRecord> createWatermarkGenerator(
        WatermarkGeneratorSupplier.Context context) {
      Scope scope = hasTask ? Scope.PARTITION : Scope.TASK;
      hasTask = true;
      return new HeartbeatWatermarks(config, context.getInputActivityClock(), scope);
    }
  }

  @Override
  public void onEvent(IntakeRecord record, long timestampMs, WatermarkOutput output) {
    if (record.isHeartbeat() && record.heartbeatMs() != IntakeRecord.BAD_HEARTBEAT) {
      if (record.heartbeatMs() > heartbeatMs) {
        heartbeatMs = record.heartbeatMs();
        emit(heartbeatMs - 1, output);
      }
      return;
    }
    brokerTimeMs = Math.max(brokerTimeMs, record.brokerTimeMs());
    lastRecordAtMs = clock.relativeTimeMillis();
  }

  @Override
  public void onPeriodicEmit(WatermarkOutput output) {
    if (config.withoutHeartbeats() == WithoutHeartbeats.HOLD || heartbeatMs != NONE) {
      return;
    }
    if (scope == Scope.TASK && brokerTimeMs == NONE) {
      output.markIdle();
      return;
    }
    long silentMs = clock.relativeTimeMillis() - lastRecordAtMs;
    if (brokerTimeMs == NONE) {
      if (silentMs >= config.idleAfterMs()) {
        output.markIdle();
      }
      return;
    }
    // a short silence is no news: only a long one lets time go on without records
    long passedMs = silentMs >= config.idleAfterMs() ? silentMs : 0;
    emit(brokerTimeMs + passedMs - config.estimateDelayMs() - 1, output);
  }

  private void emit(long watermarkMs, WatermarkOutput output) {
    if (watermarkMs > emittedMs) {
      emittedMs = watermarkMs;
      output.emitWatermark(new Watermark(watermarkMs));
    }
  }
}
