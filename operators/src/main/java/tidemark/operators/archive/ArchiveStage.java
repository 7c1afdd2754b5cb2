package tidemark.operators.archive;

import java.io.Serializable;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.streaming.api.datastream.DataStream;
import tidemark.serde.archive.ArchivedRecord;
import tidemark.serde.catalog.CatalogAddress;
import tidemark.serde.catalog.ShardLookup;

/** Records into files, in parallel, and one {@link ArchiveCommitOperator} that commits them. */
public final class ArchiveStage {
  private ArchiveStage() {}

  /**
   * How records are looked into, as the main job does, to find their blocks.
   *
   * @param defaultFormat of records that do not say theirs
   * @param maxRecordBytes larger ones are not looked into
   * @param shards whose records are kept
   */
  public record Reading(String defaultFormat, int maxRecordBytes, ShardLookup shards)
      implements Serializable {}

  /**
   * @param records of a source at the parallelism that the archive shall have
   * @param starts where the source begins if nothing is restored
   */
  public static void append(
      DataStream<ArchivedRecord> records,
      ArchiveConfig config,
      Reading reading,
      CatalogAddress address,
      TopicFacts topics,
      StartOffsets starts,
      String archiveUid,
      String commitUid) {
    var bytes = PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO;
    ArchiveConfig settings = config.inWarehouse(address.warehouse());
    records
        .transform("archive", bytes, new ArchiveOperator(settings, reading))
        .uid(archiveUid)
        .setParallelism(records.getParallelism())
        .global()
        .transform("archive commit", bytes, new ArchiveCommitOperator(address, topics, starts))
        .uid(commitUid)
        .setParallelism(1)
        .setMaxParallelism(1);
  }
}
