/**
 * What a metric is and how it merges.
 *
 * <p>Pure Java: nothing here imports Flink, Kafka, Iceberg or Parquet, because the same merge must
 * give the same bits in the stream, in a replay and in the gateway. Every aggregate is a
 * commutative monoid, bit for bit.
 */
package tidemark.state;
