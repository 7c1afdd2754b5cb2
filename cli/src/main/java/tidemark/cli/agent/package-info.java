/**
 * The agent: reads this machine's metrics each second and sends them to Kafka as native batches.
 *
 * <p>Knows Kafka and the wire format, not the cluster: it can feed any broker. The one invariant: a
 * heartbeat never claims a second of which a batch is still on its way.
 */
package tidemark.cli.agent;
