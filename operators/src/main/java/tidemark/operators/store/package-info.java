/**
 * Stage 8: closed rows and new series become Parquet files, and each checkpoint one atomic commit.
 *
 * <p>What a checkpoint covers becomes visible together or not at all, exactly once, whatever fails
 * in between.
 */
package tidemark.operators.store;
