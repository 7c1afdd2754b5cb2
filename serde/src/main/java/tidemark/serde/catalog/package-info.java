/**
 * The catalog of the stored tables, and their files through Flink's file systems.
 *
 * <p>For jobs only: unlike the rest of this module it needs Flink on the class path, so the gateway
 * must not use it. Invariant: a table is created at most once, and never replaced.
 */
package tidemark.serde.catalog;
