package tidemark.bench.micro;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import tidemark.state.SketchBuffer;

/** Samples or sketches of 100 log-normal samples per second. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class SketchBenchmark {
  private static final int SAMPLES = 100;
  private static final int SKETCHES = 1_000;

  private final double[] values = new double[SAMPLES * SKETCHES];
  private final byte[][] encoded = new byte[SKETCHES][];
  private final SketchBuffer[] sketches = new SketchBuffer[SKETCHES];
  private final byte[] target = new byte[1 << 12];

  @Setup
  public void prepare() {
    Random random = new Random(1);
    for (int i = 0; i < SKETCHES; i++) {
      sketches[i] = new SketchBuffer();
      for (int s = 0; s < SAMPLES; s++) {
        values[i * SAMPLES + s] = 100 * Math.exp(0.5 * random.nextGaussian());
        sketches[i].accept(values[i * SAMPLES + s]);
      }
      encoded[i] = sketches[i].toBytes();
    }
  }

  @Benchmark
  @OperationsPerInvocation(SAMPLES * SKETCHES)
  public SketchBuffer acceptSamples() {
    SketchBuffer sketch = new SketchBuffer();
    for (int i = 0; i < values.length; i++) {
      if (i % SAMPLES == 0) {
        sketch.clear();
      }
      sketch.accept(values[i]);
    }
    return sketch;
  }

  @Benchmark
  @OperationsPerInvocation(SKETCHES)
  public SketchBuffer mergeEncodedSketches() {
    SketchBuffer sketch = new SketchBuffer();
    for (byte[] bytes : encoded) {
      sketch.mergeEncoded(bytes, 0, bytes.length);
    }
    return sketch;
  }

  @Benchmark
  @OperationsPerInvocation(SKETCHES)
  public int encodeSketches() {
    int bytes = 0;
    for (SketchBuffer sketch : sketches) {
      bytes += sketch.encode(target, 0);
    }
    return bytes;
  }
}
