/**
 * Source of a replay: archive files, partition by partition, as the records that they once were.
 *
 * <p>Nothing here imports another stage. One invariant: of a partition's chosen ranges every wanted
 * record comes exactly once between two failures, and a restored reader goes on behind the last
 * record that its checkpoint covers.
 */
package tidemark.operators.replay;
