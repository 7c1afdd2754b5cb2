/**
 * Comparing: the rows of two branches, folded and joined one to one, on all columns as bits.
 *
 * <p>Reads snapshots and changes no row. Invariant: a comparison without a difference means that
 * any reader gets the same bits from either side.
 */
package tidemark.operators.compare;
