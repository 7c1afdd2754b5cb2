/**
 * Stage 10: monitors look at complete windows, and say whether all is well.
 *
 * <p>Imports state and serde, and nothing of other stages. One invariant: a verdict follows from
 * the rows that came up to its watermark, and a later one on the same window has a higher revision.
 */
package tidemark.operators.watch;
