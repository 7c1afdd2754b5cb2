package tidemark.state.monitor;

import java.util.List;
import java.util.Objects;

/**
 * What a verdict rests on.
 *
 * @param watermarkMs all that was said counts points up to this event time, and late ones that had
 *     come by then; {@link Long#MIN_VALUE} if there was no watermark yet
 * @param offsets compact JSON: next offset of each partition, {@code {"points/0":17}}; shared by
 *     many verdicts
 * @param holding partitions that hold the watermark, sorted; only of an incomplete window
 */
public record Evidence(
    long watermarkMs, Completeness completeness, String offsets, List<String> holding) {

  public Evidence {
    Objects.requireNonNull(completeness, "completeness");
    Objects.requireNonNull(offsets, "offsets");
    holding = List.copyOf(holding);
  }
}
