/**
 * The injector: writes heartbeats, on behalf of all producers, into every partition of the points
 * topic and of the control topic.
 *
 * <p>Knows Kafka and the heartbeat's format, not the cluster: it can feed any broker. The one
 * invariant: the times that it writes into a partition rise.
 */
package tidemark.cli.heartbeat;
