package tidemark.cli.cluster;

import java.util.Map;
import java.util.TreeMap;
import tidemark.cli.flink.FlinkSettings;

/**
 * The settings of the Flink cluster of a run: those of {@code flink-conf/config.yaml}, with what
 * one machine makes different over them. A pure function.
 */
final class LocalFlinkSettings {
  private static final String LOOPBACK = "127.0.0.1";

  static final String CHECKPOINTS = "s3://" + RunLayout.FLINK_BUCKET + "/checkpoints";
  static final String SAVEPOINTS = "s3://" + RunLayout.FLINK_BUCKET + "/savepoints";

  /** Slots of each TaskManager beyond the main job's, for {@link SideJob}s. */
  private static final int SPARE_SLOTS = 4;

  /** What all RocksDB instances of a TaskManager share, outside the heap. */
  private static final String ROCKSDB_MEMORY = "192m";

  private LocalFlinkSettings() {}

  static FlinkSettings of(
      FlinkSettings production, RunLayout layout, ClusterState state, LocalClusterOptions options) {
    return production
        .without("metrics.reporter") // it would listen beyond loopback; REST has the same numbers
        .with(addresses(state))
        .with(sizes(options))
        .with(checkpoints(options))
        .with(objectStore(layout, state))
        .with(highAvailability(state))
        .with(options.flinkOptions());
  }

  private static Map<String, String> addresses(ClusterState state) {
    Map<String, String> settings = new TreeMap<>();
    for (String key :
        new String[] {
          "jobmanager.rpc.address",
          "jobmanager.bind-host",
          "taskmanager.bind-host",
          "taskmanager.host",
          "rest.address",
          "rest.bind-address"
        }) {
      settings.put(key, LOOPBACK);
    }
    settings.put("jobmanager.rpc.port", text(state.port(Port.FLINK_RPC)));
    settings.put("rest.port", text(state.port(Port.FLINK_REST)));
    settings.put("rest.bind-port", text(state.port(Port.FLINK_REST)));
    settings.put("blob.server.port", text(state.port(Port.FLINK_BLOB)));
    return settings;
  }

  /** All processes of a run together stay under 3 GB; limits are above what is used of them. */
  private static Map<String, String> sizes(LocalClusterOptions options) {
    Map<String, String> settings = new TreeMap<>();
    settings.put("jobmanager.memory.process.size", "896m");
    settings.put("jobmanager.memory.off-heap.size", "64m");
    settings.put("jobmanager.memory.jvm-overhead.min", "64m");
    settings.put("jobmanager.memory.jvm-overhead.max", "64m");
    settings.put("taskmanager.memory.process.size", "1536m");
    settings.put("taskmanager.memory.framework.heap.size", "64m");
    settings.put("taskmanager.memory.framework.off-heap.size", "64m");
    settings.put("taskmanager.memory.network.min", "64m");
    settings.put("taskmanager.memory.network.max", "64m");
    // one bound for all slots: divided among them, most of it would wait for jobs that do not run
    settings.put("state.backend.rocksdb.memory.fixed-per-tm", ROCKSDB_MEMORY);
    settings.put("taskmanager.memory.task.off-heap.size", ROCKSDB_MEMORY);
    settings.put("taskmanager.memory.managed.size", "0m");
    settings.put("taskmanager.memory.jvm-overhead.min", "128m");
    settings.put("taskmanager.memory.jvm-overhead.max", "128m");
    settings.put(
        "taskmanager.numberOfTaskSlots", text(options.slotsPerTaskManager() + SPARE_SLOTS));
    settings.put("parallelism.default", text(options.parallelism()));
    // The collector with the least memory beside the heap, for heaps of a few hundred megabytes.
    settings.put(
        "env.java.opts.jobmanager", "-XX:+UseSerialGC -XX:-UsePerfData -XX:TieredStopAtLevel=1");
    settings.put("env.java.opts.taskmanager", "-XX:+UseSerialGC -XX:-UsePerfData");
    return settings;
  }

  private static Map<String, String> checkpoints(LocalClusterOptions options) {
    Map<String, String> settings = new TreeMap<>();
    settings.put(
        "execution.checkpointing.interval", options.checkpointInterval().toMillis() + " ms");
    settings.put("execution.checkpointing.min-pause", "0 ms");
    settings.put("execution.checkpointing.dir", CHECKPOINTS);
    settings.put("execution.checkpointing.savepoint-dir", SAVEPOINTS);
    settings.put("restart-strategy.exponential-delay.max-backoff", "10 s");
    // Failures are rare or made on purpose here: a job that ran a minute starts again at once.
    settings.put("restart-strategy.exponential-delay.reset-backoff-threshold", "1 min");
    settings.put("heartbeat.interval", "1 s"); // two calls in vain tell of a process that is gone
    settings.put("heartbeat.timeout", "10 s");
    return settings;
  }

  private static Map<String, String> highAvailability(ClusterState state) {
    Map<String, String> settings = new TreeMap<>();
    settings.put("high-availability.type", "zookeeper");
    settings.put("high-availability.zookeeper.quorum", LOOPBACK + ":" + state.port(Port.ZOOKEEPER));
    settings.put("high-availability.cluster-id", "/local"); // a run has a ZooKeeper of its own
    settings.put(
        "high-availability.storageDir",
        "s3://" + RunLayout.FLINK_BUCKET + "/" + RunLayout.HIGH_AVAILABILITY);
    // With high availability the JobManager listens here instead of at jobmanager.rpc.port.
    settings.put("high-availability.jobmanager.port", text(state.port(Port.FLINK_RPC)));
    settings.put("zookeeper.sasl.disable", "true"); // the server has no logins; asking is an error
    // So long a killed JobManager still counts as the leader.
    settings.put("high-availability.zookeeper.client.session-timeout", "6 s");
    settings.put("high-availability.zookeeper.client.connection-timeout", "3 s");
    settings.put("high-availability.zookeeper.client.retry-wait", "500 ms");
    settings.put("high-availability.zookeeper.client.max-retry-attempts", "10");
    return settings;
  }

  private static Map<String, String> objectStore(RunLayout layout, ClusterState state) {
    Map<String, String> settings = new TreeMap<>();
    String temporary = layout.flinkTemporary().toString();
    settings.put("s3.endpoint", "http://" + LOOPBACK + ":" + state.port(Port.S3));
    settings.put("s3.path-style-access", "true");
    settings.put("s3.access-key", LocalCluster.ACCESS_KEY);
    settings.put("s3.secret-key", state.secretKey());
    settings.put("s3.buffer.dir", temporary);
    settings.put("io.tmp.dirs", temporary);
    settings.put("state.backend.rocksdb.log.dir", temporary); // a file for each instance, never cut
    return settings;
  }

  private static String text(int number) {
    return Integer.toString(number);
  }
}
