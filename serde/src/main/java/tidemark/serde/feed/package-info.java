/**
 * The feed topic's format: closed rows, new series and watermarks, for whoever shows them before
 * the next commit.
 *
 * <p>May be imported by the job and by the gateway; nothing of Flink or Kafka here. One invariant:
 * a record tells by itself whether a given commit covers it, see {@link
 * tidemark.serde.feed.FeedRecord}.
 */
package tidemark.serde.feed;
