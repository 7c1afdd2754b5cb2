package tidemark.cli;

import java.time.Duration;
import picocli.CommandLine.Option;
import tidemark.cli.cluster.LocalCluster;
import tidemark.cli.cluster.RunLayout;
import tidemark.cli.definition.ControlTopic;
import tidemark.cli.process.RunLock;
import tidemark.cli.process.Waiting;

/** Where definitions stand, for the commands that read or change them. */
final class ControlTopicOptions {
  private static final Duration LOCK_LIMIT = Duration.ofSeconds(30);
  private static final Duration LOCK_PAUSE = Duration.ofMillis(100);

  @Option(
      names = "--bootstrap-servers",
      paramLabel = "HOST:PORT",
      description = "The broker; that of the run unless given.")
  private String bootstrapServers = "";

  @Option(names = "--control-topic", description = "Default: ${DEFAULT-VALUE}.")
  private String topic = LocalCluster.CONTROL_TOPIC;

  ControlTopic topic(Workspace workspace) {
    String broker =
        bootstrapServers.isEmpty()
            ? workspace.runningCluster().bootstrapServers()
            : bootstrapServers;
    return new ControlTopic(broker, topic);
  }

  /** Lets one command at a time choose the next version. */
  static RunLock lock(Workspace workspace) {
    return RunLock.acquire(
        new RunLayout(workspace.run()).controlLockFile(),
        new Waiting(LOCK_LIMIT, LOCK_PAUSE, () -> {}));
  }
}
