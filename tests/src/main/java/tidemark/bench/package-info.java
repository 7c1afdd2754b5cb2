/**
 * The benchmark of the whole job: Kafka to stored rows, beside what one would write with Flink's
 * own windows, fed with the same topic in the same run.
 *
 * <p>Invariant: variants differ in the job and in nothing else. Each run has a JVM of its own with
 * the same options, the same cluster settings and the same clock: from a warm job to the last point
 * accounted for. A run that loses or doubles a point fails and gives no number.
 */
package tidemark.bench;
