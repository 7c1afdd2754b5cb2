/**
 * SQL over the stored tables: the Iceberg catalog names the files of one snapshot, DuckDB reads
 * exactly those, partial aggregates are merged, sketches and exact sums in Java.
 *
 * <pre>
 * SqlReader -> StatementCheck        what may run, and which views it needs
 *           -> CatalogReader         which files the snapshot names
 *           -> FileCache             objects on S3 become local files
 *           -> QueryEngine           DuckDB, closed but for these files
 *                StoredViews           partial rows merged, as SQL
 *                MergeFunctions        what SQL cannot merge exactly, as Java
 * </pre>
 *
 * <p>Uses {@code tidemark.state} and {@code tidemark.serde.table}; nothing of Flink. One invariant:
 * an answer is that of one snapshot per table, and merging its partial rows gives the same bits as
 * if no row had ever been split.
 */
package tidemark.gateway;
