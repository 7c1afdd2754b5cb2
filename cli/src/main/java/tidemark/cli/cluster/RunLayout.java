package tidemark.cli.cluster;

import java.nio.file.Path;

/**
 * Where everything of a run lies. Removing the run directory forgets all of it.
 *
 * @param root absolute path of the run directory
 */
public record RunLayout(Path root) {
  static final String TABLES_BUCKET = "tidemark";
  static final String FLINK_BUCKET = "flink";
  static final String HIGH_AVAILABILITY = "ha";

  public RunLayout {
    root = root.toAbsolutePath().normalize();
  }

  Path stateFile() {
    return root.resolve("state.json");
  }

  Path lockFile() {
    return root.resolve("lock");
  }

  public Path configuration() {
    return root.resolve("conf");
  }

  /** Who may ask the gateway. */
  public Path usersFile() {
    return configuration().resolve("users.json");
  }

  public Path logs() {
    return root.resolve("logs");
  }

  Path kafkaData() {
    return root.resolve("kafka");
  }

  /** One directory for each bucket; an object is a plain file below it. */
  public Path objects() {
    return root.resolve("s3");
  }

  Path zooKeeperData() {
    return root.resolve("zookeeper");
  }

  /** What ZooKeeper points to: the job as it was submitted, and its checkpoints. */
  Path highAvailability() {
    return objects().resolve(FLINK_BUCKET).resolve(HIGH_AVAILABILITY);
  }

  Path flinkTemporary() {
    return root.resolve("flink");
  }

  Path catalogFile() {
    return root.resolve("catalog.db");
  }

  /** What the agent last did; see {@code tidemark.cli.agent}. */
  public Path agentStatusFile() {
    return root.resolve("agent.json");
  }

  /** Held by the one process that writes the heartbeats of the run. */
  public Path heartbeatLockFile() {
    return root.resolve("heartbeat.lock");
  }

  /** Webhooks for alerts; written by a person, if at all. */
  public Path notifyFile() {
    return root.resolve("notify.yaml");
  }

  /** Held by the one process that sends the alerts of the run. */
  public Path notifyLockFile() {
    return root.resolve("notify.lock");
  }

  /** One file for each shadow: where it goes on. */
  Path shadows() {
    return root.resolve("shadows");
  }

  /** Held by the one command that changes rules or monitors. */
  public Path controlLockFile() {
    return root.resolve("control.lock");
  }

  /** Copies of objects that queries have read. */
  Path cache() {
    return root.resolve("cache");
  }
}
