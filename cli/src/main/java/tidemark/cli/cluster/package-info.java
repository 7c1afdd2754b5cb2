/**
 * Tidemark's processes on one machine: a Kafka broker, an S3 server, a Flink cluster, the job, and
 * the gateway.
 *
 * <p>{@link tidemark.cli.cluster.LocalCluster} is the way in, for the commands and for end-to-end
 * tests alike. Everything listens on loopback, everything written is under one run directory, and
 * nothing is static: clusters live side by side. Imports {@code tidemark.cli.process} and {@code
 * tidemark.cli.flink}.
 */
package tidemark.cli.cluster;
