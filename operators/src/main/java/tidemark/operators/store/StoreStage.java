package tidemark.operators.store;

import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.DataStream;
import tidemark.serde.partial.PartialBatch;

/**
 * Closed rows, new series and reports into Iceberg: writers in parallel, then one {@link
 * EpochOperator} that commits.
 *
 * <p>Not Flink's Sink V2: its committer commits what it restored before anyone can compare that
 * with the tables, and blocks its task, hence the checkpoints, for as long as a catalog is away.
 */
public final class StoreStage {
  private StoreStage() {}

  /**
   * @param writerUid uid of the writers; part of every savepoint
   * @param epochUid uid of the operator that gathers an epoch and commits it
   */
  public static void append(
      DataStream<PartialBatch> rows, StoreConfig config, String writerUid, String epochUid) {
    TypeInformation<byte[]> bytes = PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO;
    rows.transform("store", bytes, new StoreOperator(config))
        .uid(writerUid)
        .global()
        .transform("store epoch", bytes, new EpochOperator(config))
        .uid(epochUid)
        .setParallelism(1)
        .setMaxParallelism(1);
  }
}
