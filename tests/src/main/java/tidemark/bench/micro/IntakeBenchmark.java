package tidemark.bench.micro;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import tidemark.bench.RecordWriter;
import tidemark.bench.Trait;
import tidemark.bench.Workload;
import tidemark.operators.IntakeRecord;
import tidemark.serde.wire.IntakeHeaders;
import tidemark.serde.wire.NativeBatchDecoder;
import tidemark.serde.wire.OtlpDecoder;
import tidemark.serde.wire.PointBlock;
import tidemark.serde.wire.RecordDecoder;

/** Points per second through decoding alone, and through decode, admit and combine. */
public class IntakeBenchmark extends MicroBenchmark {
  private static final int WINDOWS = 3;

  @Param({"native", "otlp"})
  public String format;

  @Param({"10", "1"})
  public int pointsPerWindow;

  @Param({"100000"})
  public int series;

  private final List<IntakeRecord> records = new ArrayList<>();
  private int next;
  private RecordDecoder decoder;
  private PointBlock block;
  private Intake intake;

  /** Counts the points that the benchmark has worked on. */
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  @State(Scope.Thread)
  public static class PointCount {
    public long points;
  }

  @Setup
  public void prepare() throws Exception {
    boolean isOtlp = format.equals(IntakeHeaders.OTLP);
    Set<Trait> traits = isOtlp ? EnumSet.of(Trait.OTLP, Trait.GAUGES) : EnumSet.noneOf(Trait.class);
    Workload workload = new Workload(series, pointsPerWindow, WINDOWS, 1, traits);
    RecordWriter writer = RecordWriter.of(workload);
    for (int window = 0; window < WINDOWS; window++) {
      long endMs = workload.windowStartMs(window) + Workload.WINDOW_MS;
      for (int group = 0; group < workload.groups(); group++) {
        byte[] value = writer.record(group, window, 0);
        records.add(
            new IntakeRecord(
                "points",
                0,
                records.size(),
                endMs,
                format,
                Workload.ORG,
                IntakeRecord.NO_HEARTBEAT,
                value));
      }
    }
    decoder = isOtlp ? new OtlpDecoder() : new NativeBatchDecoder();
    block = new PointBlock();
    intake = new Intake();
    for (IntakeRecord record : records) {
      intake.combine(record); // from here on the series are known
    }
  }

  private IntakeRecord next() {
    IntakeRecord record = records.get(next);
    next = next + 1 == records.size() ? 0 : next + 1;
    return record;
  }

  @Benchmark
  public int decode(PointCount count) {
    IntakeRecord record = next();
    decoder.decode(record.value(), record.org(), block);
    count.points += block.pointCount();
    return block.seriesCount();
  }

  @Benchmark
  public int decodeAndCombine(PointCount count) throws Exception {
    int sent = intake.combine(next());
    count.points += (long) pointsPerWindow * Math.min(series, 1_000);
    return sent;
  }

  @TearDown
  public void close() throws Exception {
    intake.close();
  }
}
