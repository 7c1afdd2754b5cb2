package tidemark.operators.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.tasks.mailbox.Mail;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tidemark.serde.partial.EpochReport;
import tidemark.serde.partial.PartialBatch;
import tidemark.serde.partial.PartialWriter;
import tidemark.state.MetricNames;
import tidemark.state.MetricType;
import tidemark.state.PartialRow;

class StoreOperatorTest {
  private static final int MANY = 4_000; // more than a quarter of the buffer holds
  private static final int FEW = 100;

  @TempDir Path folder;
  private StoreFolder store;

  @BeforeEach
  void open() {
    store = new StoreFolder(folder);
  }

  @Test
  void behindAWatermarkAFileIsWrittenFromTheMailbox() throws Exception {
    try (var harness = harness()) {
      harness.processElement(new StreamRecord<>(batch(MANY)));
      assertThat(mail(harness)).isZero();
      harness.processWatermark(10_000L);
      int steps = 0;
      while (mail(harness) > 0) {
        assertThat(mail(harness)).isOne(); // so a batch of input has its turn after each
        harness.processElement(new StreamRecord<>(batch(1)));
        harness.processWatermark(10_000L + steps); // asks for no second one
        run(harness);
        steps++;
      }
      assertThat(steps).isGreaterThan(5);
      assertThat(files()).hasSize(1);

      WriterResult result = barrier(harness);
      assertThat(result.rollupFiles()).hasSize(2);
      assertThat(files()).hasSize(2);
      assertThat(result.report().count(EpochReport.POINTS_STORED)).isEqualTo(MANY + steps);
    }
  }

  @Test
  void fewRowsWaitForTheBarrier() throws Exception {
    try (var harness = harness()) {
      harness.processElement(new StreamRecord<>(batch(FEW)));
      harness.processWatermark(10_000L);
      assertThat(mail(harness)).isZero();
      assertThat(files()).isEmpty();
      assertThat(barrier(harness).rollupFiles()).hasSize(1);
    }
  }

  @Test
  void aStepThatIsDueAfterABarrierDoesNothing() throws Exception {
    try (var harness = harness()) {
      harness.processElement(new StreamRecord<>(batch(MANY)));
      harness.processWatermark(10_000L);
      run(harness);
      assertThat(barrier(harness).rollupFiles()).hasSize(1);
      harness.processElement(new StreamRecord<>(batch(FEW)));
      run(harness);
      assertThat(mail(harness)).isZero();
      assertThat(files()).hasSize(1);
      WriterResult result = barrier(harness);
      assertThat(result.rollupFiles()).hasSize(1);
      assertThat(result.report().count(EpochReport.POINTS_STORED)).isEqualTo(FEW);
    }
  }

  @Test
  void aTaskThatEndsHalfWayLeavesNoFileOpen() throws Exception {
    assumeTrue(Files.isDirectory(Path.of("/proc/self/fd")));
    try (var harness = harness()) {
      harness.processElement(new StreamRecord<>(batch(MANY)));
      harness.processWatermark(10_000L);
      run(harness);
      run(harness);
    }
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      assertThat(open.map(StoreOperatorTest::target))
          .noneMatch(path -> path.startsWith(folder.toString()));
    }
  }

  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException e) {
      return ""; // closed meanwhile
    }
  }

  private OneInputStreamOperatorTestHarness<PartialBatch, byte[]> harness() throws Exception {
    var harness =
        new OneInputStreamOperatorTestHarness<PartialBatch, byte[]>(
            new StoreOperator(store.config(), StoreStage.Counted.POINTS));
    harness.setup(BytePrimitiveArraySerializer.INSTANCE);
    harness.open();
    return harness;
  }

  private static int mail(OneInputStreamOperatorTestHarness<PartialBatch, byte[]> harness) {
    return harness.getTaskMailbox().size();
  }

  private static void run(OneInputStreamOperatorTestHarness<PartialBatch, byte[]> harness)
      throws Exception {
    Mail mail = harness.getTaskMailbox().tryTake(0).orElseThrow();
    mail.run();
  }

  private static WriterResult barrier(
      OneInputStreamOperatorTestHarness<PartialBatch, byte[]> harness) throws Exception {
    harness.prepareSnapshotPreBarrier(1L);
    List<byte[]> results = harness.extractOutputValues();
    return WriterResult.ofBytes(results.get(results.size() - 1));
  }

  private List<Path> files() {
    Path data = folder.resolve("warehouse/tidemark/rollups/data");
    if (!Files.exists(data)) {
      return List.of();
    }
    try (Stream<Path> all = Files.walk(data)) {
      return all.filter(path -> path.toString().endsWith(".parquet")).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Rows of so many series in one window, with one point each. */
  private static PartialBatch batch(int rows) {
    MetricNames names = new MetricNames(1);
    PartialWriter writer = new PartialWriter(names, new PartialBatch(64));
    writer.begin(0, 10);
    for (int i = 0; i < rows; i++) {
      PartialRow row = new PartialRow();
      row.type = MetricType.COUNTER;
      row.seriesId = i;
      row.name = names.number(MetricType.COUNTER, "acme", "requests");
      row.windowStartMs = 0;
      row.count = 1;
      row.sum = 1;
      writer.write(row);
    }
    return writer.batch();
  }
}
