/**
 * Rows that the job has closed and not yet committed, from the feed topic, in memory.
 *
 * <pre>
 * FeedReader -> HotRows     one thread reads the topic and appends to tables of the engine
 *            <- HotView     which of them count beside a pinned version of the stored tables
 * </pre>
 *
 * <p>Imports {@code tidemark.serde.feed} and {@code serde.partial}; nothing of the other packages
 * of the gateway. One invariant: a row that counts is in no commit at or below the pinned one, and
 * no row that was read is missing between that commit and the newest record read; where that cannot
 * be shown, no hot row counts.
 */
package tidemark.gateway.hot;
