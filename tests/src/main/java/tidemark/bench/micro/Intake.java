package tidemark.bench.micro;

import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import tidemark.bench.Workload;
import tidemark.operators.IntakeBatch;
import tidemark.operators.IntakeRecord;
import tidemark.operators.KeyGroups;
import tidemark.operators.admit.AdmitConfig;
import tidemark.operators.admit.AdmitOperator;
import tidemark.operators.combine.CombineConfig;
import tidemark.operators.combine.CombineOperator;
import tidemark.operators.decode.DecodeConfig;
import tidemark.operators.decode.DecodeOperator;
import tidemark.serde.partial.PartialBatch;

/** Decode, admit and combine behind one another, with the job's default settings. */
final class Intake implements AutoCloseable {
  static final KeyGroups KEY_GROUPS = new KeyGroups(128);

  private final OneInputStreamOperatorTestHarness<IntakeRecord, IntakeBatch> decode;
  private final OneInputStreamOperatorTestHarness<IntakeBatch, IntakeBatch> admit;
  private final OneInputStreamOperatorTestHarness<IntakeBatch, PartialBatch> combine;

  Intake() throws Exception {
    Configuration defaults = new Configuration();
    decode =
        new OneInputStreamOperatorTestHarness<>(new DecodeOperator(DecodeConfig.from(defaults)));
    admit = new OneInputStreamOperatorTestHarness<>(new AdmitOperator(AdmitConfig.from(defaults)));
    combine =
        new OneInputStreamOperatorTestHarness<>(
            new CombineOperator(CombineConfig.from(defaults), KEY_GROUPS, Workload.WINDOW_MS));
    decode.setup(new SharedBatches<>());
    admit.setup(new SharedBatches<>());
    combine.setup(new SharedBatches<>());
    decode.open();
    admit.open();
    combine.open();
  }

  /** All three stages; returns the number of batches of partials that were sent. */
  int combine(IntakeRecord record) throws Exception {
    decode.processElement(new StreamRecord<>(record));
    for (IntakeBatch batch : decode.extractOutputValues()) {
      admit.processElement(new StreamRecord<>(batch));
    }
    decode.getOutput().clear();
    for (IntakeBatch batch : admit.extractOutputValues()) {
      combine.processElement(new StreamRecord<>(batch));
    }
    admit.getOutput().clear();
    int sent = combine.getOutput().size();
    combine.getOutput().clear();
    return sent;
  }

  @Override
  public void close() throws Exception {
    decode.close();
    admit.close();
    combine.close();
  }
}
