package tidemark.operators.feed;

import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.streaming.api.datastream.DataStream;
import tidemark.operators.KeyGroups;
import tidemark.serde.partial.PartialBatch;

/** Closed rows and new series to the feed's topic, beside the store and in the same task. */
public final class FeedStage {
  private FeedStage() {}

  /**
   * @param rows what the store gets; batches of a key group must be in its task
   * @param topic the sink; it must hand over what it was given before each barrier, and keep the
   *     order within a partition
   * @param firstKeyGroup number under which key group 0 of these rows is told: 0, or {@link
   *     tidemark.serde.feed.FeedWriter#COARSER} for coarser series
   * @param uid uid of the operator
   * @param topicUid uid of the sink
   */
  public static void append(
      DataStream<PartialBatch> rows,
      KeyGroups keyGroups,
      FeedPartitions partitions,
      Sink<FeedMessage> topic,
      int firstKeyGroup,
      String uid,
      String topicUid) {
    rows.transform(
            "feed",
            FeedMessageSerializer.TYPE,
            new FeedOperator(keyGroups, partitions, firstKeyGroup))
        .uid(uid)
        .sinkTo(topic)
        .name("feed topic")
        .uid(topicUid);
  }
}
