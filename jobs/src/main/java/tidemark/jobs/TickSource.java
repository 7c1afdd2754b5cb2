package tidemark.jobs;

import java.util.Collection;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource.NumberSequenceSplit;
import org.apache.flink.api.connector.source.util.ratelimit.GuavaRateLimiter;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimitedSourceReader;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * Numbers from 0 on, the first at once and then one for each interval: a clock for jobs that look
 * at something now and then. Ticks that come while the job is busy wait, one at a time.
 */
final class TickSource
    implements Source<Long, NumberSequenceSplit, Collection<NumberSequenceSplit>> {
  private static final long serialVersionUID = 1L;
  private static final double MS_PER_SECOND = 1000.0;

  private final NumberSequenceSource numbers;
  private final Boundedness boundedness;
  private final long intervalMs;

  private TickSource(long last, Boundedness boundedness, long intervalMs) {
    this.numbers = new NumberSequenceSource(0, last);
    this.boundedness = boundedness;
    this.intervalMs = intervalMs;
  }

  /** One tick, and the end. */
  static TickSource once() {
    return new TickSource(0, Boundedness.BOUNDED, 1);
  }

  static TickSource every(long intervalMs) {
    return new TickSource(Long.MAX_VALUE, Boundedness.CONTINUOUS_UNBOUNDED, intervalMs);
  }

  @Override
  public Boundedness getBoundedness() {
    return boundedness;
  }

  @Override
  public SourceReader<Long, NumberSequenceSplit> createReader(SourceReaderContext context) {
    return new RateLimitedSourceReader<>(
        numbers.createReader(context), new GuavaRateLimiter<>(MS_PER_SECOND / intervalMs));
  }

  @Override
  public SplitEnumerator<NumberSequenceSplit, Collection<NumberSequenceSplit>> createEnumerator(
      SplitEnumeratorContext<NumberSequenceSplit> context) {
    return numbers.createEnumerator(context);
  }

  @Override
  public SplitEnumerator<NumberSequenceSplit, Collection<NumberSequenceSplit>> restoreEnumerator(
      SplitEnumeratorContext<NumberSequenceSplit> context,
      Collection<NumberSequenceSplit> checkpoint) {
    return numbers.restoreEnumerator(context, checkpoint);
  }

  @Override
  public SimpleVersionedSerializer<NumberSequenceSplit> getSplitSerializer() {
    return numbers.getSplitSerializer();
  }

  @Override
  public SimpleVersionedSerializer<Collection<NumberSequenceSplit>>
      getEnumeratorCheckpointSerializer() {
    return numbers.getEnumeratorCheckpointSerializer();
  }
}
