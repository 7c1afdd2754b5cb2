/**
 * Alerts from Kafka to webhooks.
 *
 * <p>Knows Kafka, HTTP and the format of alerts, not the cluster. The one invariant: an alert's
 * offset is committed only when the alert was delivered, put among the dead letters, or not wanted.
 */
package tidemark.cli.notify;
