package tidemark.bench;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.JobListener;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Stands in for the cluster to which jobs are submitted: one TaskManager with two slots in this
 * process. What {@code flink-conf/config.yaml} says on a real cluster is said here.
 */
final class BenchEnvironment extends StreamExecutionEnvironment {
  private BenchEnvironment(Configuration configuration) {
    super(configuration);
  }

  /**
   * From here on {@link StreamExecutionEnvironment#getExecutionEnvironment} of this process gives
   * this cluster.
   *
   * @param settings of the cluster; what a job sets itself comes first
   * @return the client of the first job, once it is submitted
   */
  static CompletableFuture<JobClient> install(Map<String, String> settings) {
    CompletableFuture<JobClient> client = new CompletableFuture<>();
    initializeContextEnvironment(
        ofJob -> {
          Configuration merged = Configuration.fromMap(settings);
          merged.addAll(ofJob);
          BenchEnvironment environment = new BenchEnvironment(merged);
          environment.registerJobListener(new Submission(client));
          return environment;
        });
    return client;
  }

  /** Settings that are alike for every variant but the state backend. */
  static Map<String, String> settings(RunOrder order) {
    Map<String, String> settings = new HashMap<>(ProcessCounters.settings());
    settings.put("execution.target", "local");
    settings.put("execution.attached", "true");
    settings.put("parallelism.default", "2");
    settings.put("taskmanager.numberOfTaskSlots", "2");
    settings.put("taskmanager.memory.managed.size", "512m");
    settings.put("taskmanager.memory.network.min", "128m");
    settings.put("taskmanager.memory.network.max", "128m");
    settings.put("io.tmp.dirs", order.folder().resolve("tmp").toString());
    settings.put("state.backend.type", order.variant().stateBackend());
    settings.put("execution.checkpointing.incremental", "true");
    settings.put("state.backend.rocksdb.compression.per.level", "NO_COMPRESSION"); // as flink-conf
    settings.put("execution.checkpointing.interval", order.checkpointMs() + " ms");
    settings.put(
        "execution.checkpointing.dir", order.folder().resolve("checkpoints").toUri().toString());
    settings.put("restart-strategy.type", "disable");
    settings.put("pipeline.object-reuse", "true");
    settings.put("rest.port", "0");
    settings.put("rest.bind-address", "127.0.0.1");
    settings.putAll(order.flinkSettings());
    return settings;
  }

  /** Completes when a job was, or could not be, submitted. */
  private record Submission(CompletableFuture<JobClient> client) implements JobListener {
    @Override
    public void onJobSubmitted(JobClient submitted, Throwable failure) {
      if (failure == null) {
        client.complete(submitted);
      } else {
        client.completeExceptionally(failure);
      }
    }

    @Override
    public void onJobExecuted(JobExecutionResult result, Throwable failure) {}
  }
}
