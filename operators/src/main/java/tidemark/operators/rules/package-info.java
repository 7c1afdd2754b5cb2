/**
 * The rules stage: rows of finer series make rows of coarser ones, which then go their own way.
 *
 * <p>Imports serde, state and what the stages share. One invariant: a coarser series is the merge
 * of all finer series that its rule takes, or it does not exist.
 */
package tidemark.operators.rules;
