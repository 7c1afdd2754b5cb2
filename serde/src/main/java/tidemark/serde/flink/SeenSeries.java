package tidemark.serde.flink;

/**
 * What the index remembers of a series.
 *
 * @param check second half of the identity's hash: another one under the same id is a collision
 * @param firstSeenMs start of the earliest UTC day announced, epoch ms
 * @param lastSeenMs start of the latest UTC day announced, epoch ms
 */
public record SeenSeries(long check, long firstSeenMs, long lastSeenMs) {}
