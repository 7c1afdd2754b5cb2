/**
 * Sessions over the logical tables: a statement is checked, planned against a pinned version, run
 * by DuckDB and given as rows.
 *
 * <pre>
 * QueryGateway   all that sessions share: engine, tables, hot rows, cache
 *   Engine         DuckDB, closed but for the folders of the tables
 *   SeriesIndex    what is known of series and metrics, in the engine
 *   Pins           the current version, and those that queries still read
 *   ResultCache    answers over closed windows
 * QuerySession   settings, and lanes: connections with views of their own
 *   DataQuery      one statement over points, series and the like
 * </pre>
 *
 * <p>Ties the packages below together; imported by {@code gateway.server} alone. One invariant: the
 * org stands in the views that a statement reads and nowhere else, and comes from the session.
 */
package tidemark.gateway.query;
