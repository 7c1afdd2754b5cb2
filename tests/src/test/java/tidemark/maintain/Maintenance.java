package tidemark.maintain;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import tidemark.operators.compact.CompactCommitFunction;
import tidemark.operators.compact.CompactConfig;
import tidemark.operators.compact.CompactFunction;
import tidemark.operators.compact.CompactOptions;
import tidemark.operators.compact.CompactPlanFunction;
import tidemark.operators.compact.CompactResult;
import tidemark.operators.compact.CompactTask;
import tidemark.operators.expire.ExpireConfig;
import tidemark.operators.expire.ExpireFunction;
import tidemark.serde.catalog.CatalogAddress;

/**
 * The steps of the maintenance job, one after the other in one thread: what {@code
 * MaintainTopology} connects, without a cluster. For one thread; others may look at {@link #lines}.
 */
final class Maintenance implements AutoCloseable {
  private static final String MAIN = "main";

  private final OneInputStreamOperatorTestHarness<Long, CompactTask> plan;
  private final OneInputStreamOperatorTestHarness<CompactTask, CompactResult> fold;
  private final OneInputStreamOperatorTestHarness<CompactResult, String> commit;
  private final OneInputStreamOperatorTestHarness<Long, String> expire;
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private long ticks;

  /**
   * @param keepMs age up to which snapshots stay: longer than any question takes
   */
  Maintenance(CatalogAddress address, long keepMs) throws Exception {
    CompactConfig compact =
        new CompactConfig(1, 1 << 20, 32 << 20, 0, 10_000, CompactOptions.Effort.FULL);
    long hourMs = 3_600_000;
    long forEver = ExpireConfig.FOR_EVER;
    ExpireConfig expiry =
        new ExpireConfig(
            1, forEver, forEver, forEver, keepMs, 2, forEver, hourMs, hourMs, List.of(), forEver,
            forEver);
    plan = open(new CompactPlanFunction(compact, address, MAIN));
    fold = open(new CompactFunction(compact, address));
    commit = open(new CompactCommitFunction(address, MAIN));
    expire = open(new ExpireFunction(expiry, address, MAIN, address.warehouse() + "/archive"));
  }

  private static <I, O> OneInputStreamOperatorTestHarness<I, O> open(ProcessFunction<I, O> function)
      throws Exception {
    OneInputStreamOperatorTestHarness<I, O> harness =
        new OneInputStreamOperatorTestHarness<>(new ProcessOperator<>(function));
    harness.open();
    return harness;
  }

  /** One pass over both tables. */
  void pass(long nowMs) throws Exception {
    plan.setProcessingTime(nowMs);
    expire.setProcessingTime(nowMs);
    plan.processElement(ticks, ticks);
    for (CompactTask task : drain(plan)) {
      fold.processElement(task, ticks);
    }
    for (CompactResult result : drain(fold)) {
      commit.processElement(result, ticks);
    }
    expire.processElement(ticks, ticks);
    ticks++;
    lines.addAll(drain(commit));
    lines.addAll(drain(expire));
  }

  private static <O> List<O> drain(OneInputStreamOperatorTestHarness<?, O> harness) {
    List<O> values = harness.extractOutputValues();
    harness.getOutput().clear();
    return values;
  }

  /** What was done: a line for each commit and expiry. */
  List<String> lines() {
    return List.copyOf(lines);
  }

  @Override
  public void close() throws Exception {
    plan.close();
    fold.close();
    commit.close();
    expire.close();
  }
}
