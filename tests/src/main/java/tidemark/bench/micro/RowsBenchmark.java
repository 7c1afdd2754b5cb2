package tidemark.bench.micro;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.iceberg.inmemory.InMemoryFileIO;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import tidemark.bench.Trait;
import tidemark.bench.Workload;
import tidemark.operators.PartialBatchSerializer;
import tidemark.serde.partial.PartialBatch;
import tidemark.serde.partial.PartialReader;
import tidemark.serde.partial.PartialWriter;
import tidemark.serde.table.RollupBuffers;
import tidemark.serde.table.RollupRows;
import tidemark.serde.table.TableFileWriter;
import tidemark.state.MetricNames;
import tidemark.state.PartialRow;
import tidemark.state.PartialTable;

/** Rows per second through each thing that is done with rows: merged, moved, stored. */
public class RowsBenchmark extends MicroBenchmark {
  private static final int TIER_SECONDS = 10;
  private static final int WINDOWS = 5;
  private static final AtomicLong FILES = new AtomicLong(); // the memory is the process's

  @Param({"mixed-10", "mixed-1", "distributions-100"})
  public String rows;

  @Param({"100000"})
  public int series;

  private final List<PartialBatch> batches = new ArrayList<>();
  private final PartialRow row = new PartialRow();
  private final PartialBatchSerializer serializer = new PartialBatchSerializer();
  private final DataOutputSerializer output = new DataOutputSerializer(1 << 16);
  private final DataInputDeserializer input = new DataInputDeserializer();
  private final PartialBatch received = new PartialBatch(1 << 16);
  private final RollupBuffers buffers = new RollupBuffers();
  private PartialTable table;

  @Setup
  public void prepare() {
    int dash = rows.indexOf('-');
    Set<Trait> traits =
        rows.startsWith("mixed") ? EnumSet.noneOf(Trait.class) : EnumSet.of(Trait.DISTRIBUTIONS);
    Workload workload =
        new Workload(series, Integer.parseInt(rows.substring(dash + 1)), WINDOWS, 1, traits);
    for (int window = 0; window < WINDOWS; window++) {
      batches.addAll(Rows.batches(workload, window, TIER_SECONDS));
    }
    table = new PartialTable(1 << 12);
  }

  /** Into a table per key group, as open windows are; the tables are emptied in between. */
  @Benchmark
  public int merge(RowCount count) {
    MetricNames names = new MetricNames(1);
    PartialReader reader = new PartialReader(names);
    int group = -1;
    for (PartialBatch batch : batches) {
      if (batch.keyGroup() != group) {
        table.clear();
        group = batch.keyGroup();
      }
      reader.open(batch);
      while (reader.next(row)) {
        table.merge(row);
        count.rows++;
      }
    }
    return table.size();
  }

  /** From one batch into another, as a closed window is sent on. */
  @Benchmark
  public int copy(RowCount count) {
    MetricNames names = new MetricNames(1);
    PartialReader reader = new PartialReader(names);
    PartialWriter writer = new PartialWriter(names, new PartialBatch(1 << 16));
    int bytes = 0;
    for (PartialBatch batch : batches) {
      reader.open(batch);
      writer.begin(batch.keyGroup(), TIER_SECONDS);
      while (reader.next(row)) {
        writer.write(row);
        count.rows++;
      }
      bytes += writer.batch().length();
    }
    return bytes;
  }

  /** Through Flink's serializer, there and back. */
  @Benchmark
  public int serialize(RowCount count) throws IOException {
    int bytes = 0;
    for (PartialBatch batch : batches) {
      output.clear();
      serializer.serialize(batch, output);
      input.setBuffer(output.getSharedBuffer(), 0, output.length());
      bytes += serializer.deserialize(received, input).length();
    }
    count.rows += (long) series * WINDOWS;
    return bytes;
  }

  /** Into a file of the table, in memory: collected, sorted, encoded, compressed. */
  @Benchmark
  public long store(RowCount count) throws IOException {
    MetricNames names = new MetricNames(1);
    PartialReader reader = new PartialReader(names);
    RollupRows waiting = new RollupRows(names, buffers);
    for (PartialBatch batch : batches) {
      reader.open(batch);
      while (reader.next(row)) {
        waiting.add(row);
        count.rows++;
      }
    }
    try (InMemoryFileIO io = new InMemoryFileIO()) {
      long bytes =
          TableFileWriter.writeRollups(
                  waiting,
                  TIER_SECONDS,
                  "tier=10/window_start_day=2026-01-01",
                  io.newOutputFile("memory://%s.parquet".formatted(FILES.incrementAndGet())))
              .fileSizeInBytes();
      waiting.release();
      return bytes;
    }
  }
}
