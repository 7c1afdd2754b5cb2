package tidemark.bench.micro;

import java.util.Random;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Setup;
import tidemark.state.SketchBuffer;
import tidemark.state.SketchMerger;

/** Samples or sketches of 100 log-normal samples per second. */
public class SketchBenchmark extends MicroBenchmark {
  private static final int SAMPLES = 100;
  private static final int SKETCHES = 1_000;

  private final double[] values = new double[SAMPLES * SKETCHES];
  private final byte[][] encoded = new byte[SKETCHES][];
  private final SketchBuffer[] sketches = new SketchBuffer[SKETCHES];
  private final SketchMerger merger = new SketchMerger();
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
  public SketchMerger mergeEncodedSketchesFlat() {
    merger.clear();
    for (byte[] bytes : encoded) {
      merger.mergeEncoded(bytes, 0, bytes.length);
    }
    return merger;
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
