/**
 * What producers write to Kafka: the native batch, OTLP metrics and heartbeats, and the columnar
 * {@link tidemark.serde.wire.PointBlock} that they are decoded into.
 *
 * <p>Nothing here imports Flink, Kafka or Iceberg. No input, whatever its bytes, makes a decoder
 * throw: it is refused with a reason.
 */
package tidemark.serde.wire;
