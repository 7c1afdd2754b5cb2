package tidemark.operators.store;

import java.util.List;
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
   * Rows of one chain, and who writes them.
   *
   * @param uid of the writers; part of every savepoint
   * @param counted whether they hold points that nobody else stores
   */
  public record Writers(DataStream<PartialBatch> rows, String name, String uid, Counted counted) {}

  /** Whether the points of rows count as stored. */
  public enum Counted {
    POINTS,
    /** Rows of coarser series: their points are stored in the finer ones, or dropped by a rule. */
    NOTHING
  }

  /**
   * @param epochUid uid of the operator that gathers an epoch of all writers and commits it
   */
  public static void append(List<Writers> chains, StoreConfig config, String epochUid) {
    TypeInformation<byte[]> bytes = PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO;
    DataStream<byte[]> written = null;
    for (Writers chain : chains) {
      DataStream<byte[]> one =
          chain
              .rows()
              .transform(chain.name(), bytes, new StoreOperator(config, chain.counted()))
              .uid(chain.uid())
              .global();
      written = written == null ? one : written.union(one);
    }
    written
        .transform("store epoch", bytes, new EpochOperator(config))
        .uid(epochUid)
        .setParallelism(1)
        .setMaxParallelism(1);
  }
}
