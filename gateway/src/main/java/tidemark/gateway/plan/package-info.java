/**
 * From a checked statement to the rows that it needs: which tier, time range, metrics, series and
 * columns, as views that hold one org's rows and nothing else.
 *
 * <pre>
 * Statements   parse trees of DuckDB's parser, both ways
 * Constants    values of common constants without asking the engine
 * PointsUse    what one statement asks of points: range, step, whether rows can stay partial
 * NamedColumns what it names of their columns: what must stay apart, and what must be merged
 * PointsRead   the files, hot rows and view of one relation
 * ScanPlanner  which of the files are merged while they are read
 * ChosenSeries the series whose rows are read: those asked for, or coarser ones in their place
 * TagUse       by which tags a statement tells series apart
 * RuleChoice   rules whose series give the same answer
 * RuleRanges   times that are read from them, and the rest
 * Parts        tiers and rules of one relation, as disjoint pieces
 * Pieces       disjoint time ranges, each read from one tier
 * ViewSql      the views as SQL
 * Views        the views of one connection, made when they are read and not there
 * Rewrite      now() pinned, short forms of our functions spelled out
 * TimeBuckets  calls of time_bucket that integers can answer
 * </pre>
 *
 * <p>Imports {@code gateway.tables}, {@code gateway.hot}, {@code gateway.rules} and {@code
 * gateway.scan}. One invariant: a plan changes what is read, never what is answered.
 */
package tidemark.gateway.plan;
