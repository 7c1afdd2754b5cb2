package tidemark.serde.wire;

import tidemark.state.MetricType;
import tidemark.state.Refusal;
import tidemark.state.SeriesIdentity;

/** What a series key turned out to stand for. */
public sealed interface SeriesResolution {
  /** A series inside the limits. Several keys may stand for one identity. */
  record Accepted(SeriesIdentity identity, MetricType type) implements SeriesResolution {}

  /** All points under this key are refused, for this reason. */
  record Refused(Refusal reason) implements SeriesResolution {}
}
