/**
 * {@code ./tidemark bench query}: how long the gateway takes to answer over a generated day.
 *
 * <p>Imports the gateway's server and the formats of the tables; nothing of the other benchmarks.
 * One invariant: clients are real ones, over the PostgreSQL protocol, and what repeats a statement
 * says so.
 */
package tidemark.bench.query;
