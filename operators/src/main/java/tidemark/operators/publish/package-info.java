/**
 * Publishing: rows of a branch take the place of those that they recompute, in one commit on main,
 * and the way back.
 *
 * <p>Invariant: every snapshot of main has either all of the old rows or all of the new ones, and
 * rows of epochs after the base are in all of them.
 */
package tidemark.operators.publish;
