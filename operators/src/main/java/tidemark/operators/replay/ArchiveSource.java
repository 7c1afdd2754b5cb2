package tidemark.operators.replay;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import tidemark.operators.IntakeRecord;
import tidemark.operators.IntakeRecordSerializer;

/**
 * Archive files as a bounded source. Each Kafka partition is one split, so there is no use for more
 * tasks than partitions; the watermark of a split follows from its heartbeats, which stand at the
 * end of each segment.
 *
 * <p>What is read is settled when the source is made and travels in the job graph: all starts of a
 * job read the same.
 */
public final class ArchiveSource
    implements Source<IntakeRecord, ArchiveSplit, ArchivePlan>, ResultTypeQueryable<IntakeRecord> {
  private static final long serialVersionUID = 1L;

  private final byte[] plan; // version 1, for the splits are not serializable
  private final long totalWeight;
  private final ReplayConfig config;

  public ArchiveSource(ArchivePlan plan, ReplayConfig config) {
    try {
      this.plan = ArchivePlanSerializer.INSTANCE.serialize(plan);
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot fail", e);
    }
    this.totalWeight = plan.weight();
    this.config = config;
  }

  @Override
  public TypeInformation<IntakeRecord> getProducedType() {
    return IntakeRecordSerializer.TYPE;
  }

  @Override
  public Boundedness getBoundedness() {
    return Boundedness.BOUNDED;
  }

  @Override
  public SourceReader<IntakeRecord, ArchiveSplit> createReader(SourceReaderContext context) {
    return new ArchiveSourceReader(context, config);
  }

  @Override
  public SplitEnumerator<ArchiveSplit, ArchivePlan> createEnumerator(
      SplitEnumeratorContext<ArchiveSplit> context) throws IOException {
    ArchivePlanSerializer serializer = ArchivePlanSerializer.INSTANCE;
    return restoreEnumerator(context, serializer.deserialize(serializer.getVersion(), plan));
  }

  @Override
  public SplitEnumerator<ArchiveSplit, ArchivePlan> restoreEnumerator(
      SplitEnumeratorContext<ArchiveSplit> context, ArchivePlan left) {
    return new ArchiveEnumerator(context, left, totalWeight);
  }

  @Override
  public SimpleVersionedSerializer<ArchiveSplit> getSplitSerializer() {
    return ArchiveSplitSerializer.INSTANCE;
  }

  @Override
  public SimpleVersionedSerializer<ArchivePlan> getEnumeratorCheckpointSerializer() {
    return ArchivePlanSerializer.INSTANCE;
  }
}
