package tidemark.bench.micro;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import tidemark.bench.Trait;
import tidemark.bench.Workload;
import tidemark.operators.rollup.RollupConfig;
import tidemark.operators.rollup.RollupOperator;
import tidemark.operators.rollup.Tier;
import tidemark.serde.partial.PartialBatch;

/**
 * Rows per second through the finest tier over RocksDB: merged and closed before a barrier comes,
 * or written behind to keyed state, with its snapshot, because one comes first.
 */
public class RollupBenchmark extends MicroBenchmark {
  private static final int WINDOWS = 200;

  @Param({"100000"})
  public int series;

  @Param({"10"})
  public int pointsPerWindow;

  private final List<List<PartialBatch>> windows = new ArrayList<>();
  private Workload workload;
  private KeyedOneInputStreamOperatorTestHarness<Integer, PartialBatch, PartialBatch> rollup;
  private int window;
  private long checkpoint;

  @Setup
  public void prepare() {
    workload = new Workload(series, pointsPerWindow, WINDOWS, 1, EnumSet.noneOf(Trait.class));
    for (int w = 0; w < WINDOWS && w * series < 1_000_000; w++) {
      windows.add(Rows.batches(workload, w, PartialBatch.OPEN));
    }
  }

  @Setup(Level.Iteration)
  public void open() throws Exception {
    rollup =
        new KeyedOneInputStreamOperatorTestHarness<>(
            RollupOperator.ofPoints(
                Tier.TEN_SECONDS, RollupConfig.from(new Configuration()), Intake.KEY_GROUPS),
            Intake.KEY_GROUPS.selector(),
            Types.INT,
            Intake.KEY_GROUPS.maxParallelism(),
            1,
            0);
    rollup.setStateBackend(new EmbeddedRocksDBStateBackend(true));
    rollup.setup(new SharedBatches<>());
    rollup.open();
    window = 0;
  }

  private void merge(RowCount count) throws Exception {
    for (PartialBatch batch : windows.get(window % windows.size())) {
      rollup.processElement(new StreamRecord<>(batch));
    }
    count.rows += series;
  }

  /** The watermark is at the end of time: what is merged is late, and each watermark closes it. */
  private int close() throws Exception {
    rollup.processWatermark(Long.MAX_VALUE - WINDOWS + window % WINDOWS);
    window++;
    int sent = rollup.getOutput().size();
    rollup.getOutput().clear();
    return sent;
  }

  @Benchmark
  public int mergeAndClose(RowCount count) throws Exception {
    merge(count);
    return close();
  }

  @Benchmark
  public int mergeWriteBehindAndClose(RowCount count) throws Exception {
    merge(count);
    checkpoint++;
    rollup.snapshot(checkpoint, checkpoint);
    return close();
  }

  @TearDown(Level.Iteration)
  public void end() throws Exception {
    rollup.close();
  }
}
