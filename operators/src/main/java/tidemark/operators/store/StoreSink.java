package tidemark.operators.store;

import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.api.connector.sink2.CommitterInitContext;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.SupportsCommitter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.streaming.api.connector.sink2.CommittableMessage;
import org.apache.flink.streaming.api.connector.sink2.CommittableMessageTypeInfo;
import org.apache.flink.streaming.api.connector.sink2.SupportsPreCommitTopology;
import org.apache.flink.streaming.api.datastream.DataStream;
import tidemark.serde.partial.PartialBatch;

/**
 * Closed rows, new series and reports into Iceberg: writers in parallel, then one {@link
 * EpochOperator}, then one committer.
 */
public final class StoreSink
    implements Sink<PartialBatch>,
        SupportsCommitter<EpochCommittable>,
        SupportsPreCommitTopology<WriterResult, EpochCommittable> {
  private static final long serialVersionUID = 1L;

  private final StoreConfig config;
  private final String epochUid;

  /**
   * @param epochUid uid of the operator that gathers an epoch; part of every savepoint
   */
  public StoreSink(StoreConfig config, String epochUid) {
    this.config = config;
    this.epochUid = epochUid;
  }

  @Override
  public SinkWriter<PartialBatch> createWriter(WriterInitContext context) {
    return new StoreWriter(
        config,
        context.getTaskInfo().getIndexOfThisSubtask(),
        context.getTaskInfo().getAttemptNumber(),
        context.metricGroup());
  }

  @Override
  public DataStream<CommittableMessage<EpochCommittable>> addPreCommitTopology(
      DataStream<CommittableMessage<WriterResult>> written) {
    TypeInformation<CommittableMessage<EpochCommittable>> type =
        CommittableMessageTypeInfo.of(EpochCommittableSerializer::new);
    // the committer has the writers' parallelism; "global" leaves all work to its first subtask
    return written
        .global()
        .transform("store epoch", type, new EpochOperator(config))
        .uid(epochUid)
        .setParallelism(1)
        .setMaxParallelism(1)
        .global();
  }

  @Override
  public Committer<EpochCommittable> createCommitter(CommitterInitContext context) {
    return new EpochCommitter(config);
  }

  @Override
  public SimpleVersionedSerializer<EpochCommittable> getCommittableSerializer() {
    return new EpochCommittableSerializer();
  }

  @Override
  public SimpleVersionedSerializer<WriterResult> getWriteResultSerializer() {
    return new WriterResultSerializer();
  }
}
