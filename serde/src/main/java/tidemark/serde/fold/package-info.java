/**
 * Sorted files of the tables as one stream of rows, with the partial rows of a key merged.
 *
 * <p>Shared by whatever folds, compares or replaces stored rows; knows no stage and needs no Flink.
 * Invariant: what a reader merges before and after is equal, bit for bit.
 */
package tidemark.serde.fold;
