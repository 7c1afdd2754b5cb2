/**
 * Feeds closed rows, new series and watermarks to a topic, for whoever shows them before the next
 * commit.
 *
 * <p>Imports serde, and nothing of other stages or of Kafka. One invariant: a record that was sent
 * between two barriers names the first of them.
 */
package tidemark.operators.feed;
