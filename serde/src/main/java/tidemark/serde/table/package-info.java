/**
 * The tables that readers see: Iceberg schemas and partitioning, and Parquet rows both ways.
 *
 * <p>Nothing here imports Flink: the gateway reads with the same classes that the job writes with.
 */
package tidemark.serde.table;
