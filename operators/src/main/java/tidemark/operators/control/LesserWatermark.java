package tidemark.operators.control;

import java.util.function.Consumer;
import org.apache.flink.streaming.api.watermark.Watermark;

/**
 * The lesser watermark of two inputs, both of which always count. Flink leaves an input out while
 * it is idle, and every source is, until it was given its first partition: for that moment, or as
 * long as its broker is away, the other input alone would close windows. Not thread-safe.
 */
final class LesserWatermark {
  private final Consumer<Watermark> output;
  private long firstMs = Long.MIN_VALUE;
  private long secondMs = Long.MIN_VALUE;
  private long leastMs = Long.MIN_VALUE;

  /**
   * @param output takes the watermark whenever it has risen
   */
  LesserWatermark(Consumer<Watermark> output) {
    this.output = output;
  }

  void ofFirst(Watermark mark) {
    firstMs = Math.max(firstMs, mark.getTimestamp());
    advance();
  }

  void ofSecond(Watermark mark) {
    secondMs = Math.max(secondMs, mark.getTimestamp());
    advance();
  }

  private void advance() {
    if (Math.min(firstMs, secondMs) > leastMs) {
      leastMs = Math.min(firstMs, secondMs);
      output.accept(new Watermark(leastMs));
    }
  }
}
