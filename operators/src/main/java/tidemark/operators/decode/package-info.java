/**
 * Stage 1: Kafka bytes to columns of points, or a refusal with its reason.
 *
 * <p>No state. No bytes, whatever they are, make it throw.
 */
package tidemark.operators.decode;
