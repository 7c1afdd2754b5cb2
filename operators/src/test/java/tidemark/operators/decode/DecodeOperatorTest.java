package tidemark.operators.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tidemark.operators.IntakeBatch;
import tidemark.operators.IntakeRecord;
import tidemark.operators.SharedIntakeBatchSerializer;
import tidemark.operators.TestRecords;
import tidemark.serde.partial.EpochReport;
import tidemark.serde.wire.NativeBatchWriter;
import tidemark.state.MetricType;
import tidemark.state.Refusal;

class DecodeOperatorTest {
  private static final int MAX_BYTES = 1_000;
  private OneInputStreamOperatorTestHarness<IntakeRecord, IntakeBatch> harness;

  @BeforeEach
  void open() throws Exception {
    harness =
        new OneInputStreamOperatorTestHarness<>(
            new DecodeOperator(new DecodeConfig("native", "", MAX_BYTES)));
    harness.setup(new SharedIntakeBatchSerializer());
    harness.open();
  }

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  @Test
  void nativeRecordsBecomePoints() throws Exception {
    IntakeBatch batch = process(TestRecords.of(41L, "native", "", nativeBytes()));
    assertThat(batch.points().seriesCount()).isEqualTo(1);
    assertThat(Arrays.copyOf(batch.points().values(), batch.points().pointCount()))
        .containsExactly(1.5, 2.5);
    assertThat(batch.points().refused()).isEmpty();
    assertThat(batch.source().offset()).isEqualTo(41L);
    EpochReport report = batch.ledger().drain();
    assertThat(report.counts()).isEqualTo(Map.of(EpochReport.RECORDS_READ, 1L));
    assertThat(report.positions())
        .isEqualTo(
            Map.of("points/3", new EpochReport.Position(42L, false, TestRecords.BROKER_TIME_MS)));
  }

  @Test
  void refusesWhatItCannotRead() throws Exception {
    assertRefused(TestRecords.of(1L, "avro", "", nativeBytes()), Refusal.UNKNOWN_FORMAT);
    assertRefused(TestRecords.of(2L, "", "", nativeBytes()), Refusal.UNKNOWN_FORMAT);
    assertRefused(TestRecords.of(3L, "native", "", new byte[0]), Refusal.EMPTY);
    assertRefused(TestRecords.of(4L, "avro", "", new byte[0]), Refusal.EMPTY);
    assertRefused(TestRecords.of(5L, "native", "", new byte[MAX_BYTES + 1]), Refusal.OVERSIZED);
    assertRefused(
        TestRecords.of(6L, "native", "", "garbage!".getBytes(StandardCharsets.US_ASCII)),
        Refusal.MALFORMED);
    assertRefused(
        TestRecords.of(7L, "otlp", "acme", "garbage!".getBytes(StandardCharsets.US_ASCII)),
        Refusal.MALFORMED);
    assertRefused(TestRecords.heartbeat(8L, IntakeRecord.BAD_HEARTBEAT), Refusal.BAD_HEARTBEAT);
  }

  @Test
  void aRecordOfExactlyTheLimitIsDecoded() throws Exception {
    IntakeBatch batch = process(TestRecords.of(5L, "native", "", new byte[MAX_BYTES]));
    assertThat(batch.points().refused()).doesNotContainKey(Refusal.OVERSIZED);
  }

  @Test
  void heartbeatsEndHereAndAreRemembered() throws Exception {
    harness.processElement(new StreamRecord<>(TestRecords.heartbeat(7L, 1_000L)));
    assertThat(harness.getOutput()).isEmpty();

    IntakeBatch batch = process(TestRecords.of(8L, "native", "", nativeBytes()));
    EpochReport report = batch.ledger().drain();
    assertThat(report.count(EpochReport.RECORDS_READ)).isEqualTo(1);
    assertThat(report.positions())
        .isEqualTo(
            Map.of("points/3", new EpochReport.Position(9L, true, TestRecords.BROKER_TIME_MS)));

    harness.processElement(new StreamRecord<>(TestRecords.heartbeat(9L, 2_000L)));
    assertThat(batch.ledger().drain().positions())
        .isEqualTo(
            Map.of("points/3", new EpochReport.Position(10L, true, TestRecords.BROKER_TIME_MS)));
  }

  @Test
  void aBadHeartbeatVouchesForNothing() throws Exception {
    IntakeBatch batch = process(TestRecords.heartbeat(7L, IntakeRecord.BAD_HEARTBEAT));
    assertThat(batch.ledger().drain().positions())
        .isEqualTo(
            Map.of("points/3", new EpochReport.Position(8L, false, TestRecords.BROKER_TIME_MS)));
  }

  @Test
  void aGoodRecordFollowsABadOne() throws Exception {
    process(TestRecords.of(1L, "native", "", new byte[] {1, 2, 3}));
    IntakeBatch batch = process(TestRecords.of(2L, "native", "", nativeBytes()));
    assertThat(batch.points().isRecordRefused()).isFalse();
    assertThat(batch.points().refused()).isEmpty();
    assertThat(batch.points().pointCount()).isEqualTo(2);
  }

  private void assertRefused(IntakeRecord record, Refusal reason) throws Exception {
    IntakeBatch batch = process(record);
    assertThat(batch.points().isRecordRefused()).isTrue();
    assertThat(batch.points().refused()).containsOnlyKeys(reason);
    assertThat(batch.points().seriesCount()).isZero();
    EpochReport report = batch.ledger().drain();
    assertThat(report.counts())
        .isEqualTo(Map.of(EpochReport.RECORDS_READ, 1L, EpochReport.RECORDS_REFUSED, 1L));
    assertThat(report.positions().get("points/3").nextOffset()).isEqualTo(record.offset() + 1);
  }

  private IntakeBatch process(IntakeRecord record) throws Exception {
    harness.getOutput().clear();
    harness.processElement(new StreamRecord<>(record));
    assertThat(harness.getOutput()).hasSize(1);
    return harness.extractOutputValues().get(0);
  }

  private static byte[] nativeBytes() {
    NativeBatchWriter writer = new NativeBatchWriter("acme");
    int series = writer.series(MetricType.GAUGE, "cpu", List.of("host:a"));
    writer.point(series, TestRecords.BROKER_TIME_MS, 1.5);
    writer.point(series, TestRecords.BROKER_TIME_MS + 1, 2.5);
    return writer.toBytes();
  }
}
