package tidemark.jobs;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import tidemark.operators.IntakeRecord;

/**
 * Kafka up to exact offsets, and the end. Reads as the connector's own source does, 64 KB of a
 * partition at a time in turn, so that a backlog keeps no more windows open than a live job's.
 *
 * <p>Not the connector's bounded mode: what is restored there keeps the end that it had, or none,
 * and a restored reader is never told that nothing more comes. Here the ends are the ones that the
 * job was submitted with, whatever state it starts from: one of this source, or of the connector's,
 * which the formats of both states are. What is read is settled when the source is made and travels
 * in the job graph.
 */
final class KafkaRangeSource
    implements Source<IntakeRecord, KafkaPartitionSplit, KafkaSourceEnumState>,
        ResultTypeQueryable<IntakeRecord> {
  private static final long serialVersionUID = 1L;

  private final KafkaSource<IntakeRecord> kafka;
  private final ArrayList<TopicRange> ranges;

  /**
   * @param kafka that reads; where it would begin and end does not matter
   * @param ranges one for each partition at most; of others nothing is read
   */
  KafkaRangeSource(KafkaSource<IntakeRecord> kafka, List<TopicRange> ranges) {
    this.kafka = kafka;
    this.ranges = new ArrayList<>(ranges);
  }

  @Override
  public TypeInformation<IntakeRecord> getProducedType() {
    return kafka.getProducedType();
  }

  @Override
  public Boundedness getBoundedness() {
    return Boundedness.BOUNDED;
  }

  @Override
  public SourceReader<IntakeRecord, KafkaPartitionSplit> createReader(SourceReaderContext context)
      throws Exception {
    return new KafkaRangeReader(kafka.createReader(context), context, ranges);
  }

  @Override
  public SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> createEnumerator(
      SplitEnumeratorContext<KafkaPartitionSplit> context) {
    return restoreEnumerator(context, new KafkaSourceEnumState(List.of(), List.of(), true));
  }

  @Override
  public SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> restoreEnumerator(
      SplitEnumeratorContext<KafkaPartitionSplit> context, KafkaSourceEnumState state) {
    return new KafkaRangeEnumerator(context, ranges, state);
  }

  @Override
  public SimpleVersionedSerializer<KafkaPartitionSplit> getSplitSerializer() {
    return kafka.getSplitSerializer();
  }

  @Override
  public SimpleVersionedSerializer<KafkaSourceEnumState> getEnumeratorCheckpointSerializer() {
    return kafka.getEnumeratorCheckpointSerializer();
  }
}
