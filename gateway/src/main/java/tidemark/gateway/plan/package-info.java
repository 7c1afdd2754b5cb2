/**
 * From a checked statement to the rows that it needs: which tier, time range, metrics, series and
 * columns, as views that hold one org's rows and nothing else.
 *
 * <pre>
 * Statements   parse trees of DuckDB's parser, both ways
 * PointsUse    what one statement asks of points: range, step, whether rows can stay partial
 * Pieces       disjoint time ranges, each read from one tier
 * ViewSql      the views as SQL
 * Rewrite      now() pinned, short forms of our functions spelled out
 * </pre>
 *
 * <p>Imports {@code gateway.tables} and {@code gateway.hot}. One invariant: a plan changes what is
 * read, never what is answered.
 */
package tidemark.gateway.plan;
