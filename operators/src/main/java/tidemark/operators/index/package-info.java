/**
 * Stage 7: series that are new, or new on a day, become rows of the series table.
 *
 * <p>State per series: one entry, for as long as the job lives.
 */
package tidemark.operators.index;
