package tidemark.operators.watermark;

/** What a partition does to the watermark before its first heartbeat. */
public enum WithoutHeartbeats {
  /** It holds it, for ever if need be: what ends is proven. */
  HOLD,
  /** Broker time moves it, or nothing if it is silent: what ends is estimated. */
  ESTIMATE
}
