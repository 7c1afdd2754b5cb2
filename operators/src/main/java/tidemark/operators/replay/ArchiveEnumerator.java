package tidemark.operators.replay;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.SplitsAssignment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives each task all of its splits at once, when it registers, and tells it that there are no
 * more: so no task waits for another, and one without splits ends and holds no watermark.
 *
 * <p>Every ten seconds it logs how far all tasks are together. Metrics, group {@code
 * tidemark.replay} of the coordinator: {@code percentDone}, {@code secondsLeft}.
 */
final class ArchiveEnumerator implements SplitEnumerator<ArchiveSplit, ArchivePlan> {
  private static final Logger LOG = LoggerFactory.getLogger(ArchiveEnumerator.class);
  private static final long LOG_INTERVAL_MS = 10_000;

  private final SplitEnumeratorContext<ArchiveSplit> context;
  private final ReplayEstimate estimate;
  private final SortedMap<Integer, List<ArchiveSplit>> waiting = new TreeMap<>(); // by task
  private final Map<Integer, ReplayProgress> progress = new TreeMap<>();

  ArchiveEnumerator(
      SplitEnumeratorContext<ArchiveSplit> context, ArchivePlan left, long totalWeight) {
    this.context = context;
    estimate = new ReplayEstimate(totalWeight);
    List<List<ArchiveSplit>> shares = left.share(context.currentParallelism());
    for (int task = 0; task < shares.size(); task++) {
      waiting.put(task, shares.get(task));
    }
  }

  @Override
  public void start() {
    var group = context.metricGroup();
    if (group != null) {
      var own = group.addGroup("tidemark").addGroup("replay");
      own.gauge("percentDone", estimate::percentDone);
      own.gauge("secondsLeft", estimate::secondsLeft);
    }
    context.callAsync(
        () -> LOG_INTERVAL_MS,
        (interval, failure) -> tell(Duration.ofMillis(LOG_INTERVAL_MS)),
        LOG_INTERVAL_MS,
        LOG_INTERVAL_MS);
  }

  private void tell(Duration passed) {
    if (progress.size() < context.currentParallelism()) {
      return; // somebody has not said yet what is left
    }
    long left = 0;
    long records = 0;
    for (ReplayProgress each : progress.values()) {
      left += each.weightLeft();
      records += each.records();
    }
    for (List<ArchiveSplit> splits : waiting.values()) {
      left += new ArchivePlan(splits).weight();
    }
    estimate.update(left, passed);
    LOG.info("replay: {} records since the start, {}", records, estimate);
  }

  @Override
  public void handleSplitRequest(int subtask, String host) {
    // tasks get all they read without asking
  }

  @Override
  public void addReader(int subtask) {
    List<ArchiveSplit> splits = waiting.remove(subtask);
    if (splits != null && !splits.isEmpty()) {
      context.assignSplits(new SplitsAssignment<>(Map.of(subtask, splits)));
    }
    LOG.info("replay: task {} gets {} partitions", subtask, splits == null ? 0 : splits.size());
    context.signalNoMoreSplits(subtask);
  }

  @Override
  public void addSplitsBack(List<ArchiveSplit> splits, int subtask) {
    waiting.computeIfAbsent(subtask, key -> new ArrayList<>()).addAll(splits);
    progress.remove(subtask);
  }

  @Override
  public void handleSourceEvent(int subtask, SourceEvent event) {
    if (event instanceof ReplayProgress told) {
      progress.put(subtask, told);
    }
  }

  @Override
  public ArchivePlan snapshotState(long checkpoint) {
    List<ArchiveSplit> left = new ArrayList<>();
    waiting.values().forEach(left::addAll);
    return new ArchivePlan(left);
  }

  @Override
  public void close() {}
}
