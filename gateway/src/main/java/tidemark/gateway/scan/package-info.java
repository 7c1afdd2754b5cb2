/**
 * Merging of stored partial rows outside the engine: a statement that looks at rows only through
 * aggregates gets one row per group of series and step of time instead of all of them, with the
 * same columns, bit for bit what merging them later would have given.
 *
 * <p>Knows files and series, nothing of SQL beyond the one table function that shows the result to
 * the engine. Must not import {@code plan}, {@code query} or a protocol. Invariant: sums are exact,
 * so no result depends on how many threads read or in which order.
 */
package tidemark.gateway.scan;
