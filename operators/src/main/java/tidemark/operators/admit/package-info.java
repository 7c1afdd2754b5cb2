/**
 * Stage 2: points inside their limits go on, the others are counted and go to the dead letters.
 *
 * <p>Holds the cache that turns a series' key bytes into its id, bounded by number; no Flink state.
 */
package tidemark.operators.admit;
