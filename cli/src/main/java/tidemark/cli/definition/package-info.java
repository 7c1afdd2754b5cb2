/**
 * Rules and monitors as people write them, in YAML, and how they get into the control topic.
 *
 * <p>Knows Kafka, the definitions' format and how to ask a gateway, not the cluster. The one
 * invariant: a version is written once, and greater than every one that the topic holds of its
 * name.
 */
package tidemark.cli.definition;
