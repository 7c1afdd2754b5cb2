/**
 * The agent: reads this machine's metrics each second and sends them to Kafka as native batches.
 *
 * <p>Knows Kafka and the wire format, not the cluster: it can feed any broker. It promises nothing
 * about time: heartbeats are the injector's. The one invariant: a point is counted once, as sent or
 * as lost.
 */
package tidemark.cli.agent;
