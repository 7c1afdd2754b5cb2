package tidemark.cli;

import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tidemark.cli.agent.AgentConfig;
import tidemark.cli.agent.AgentStatus;
import tidemark.cli.agent.MachineAgent;
import tidemark.cli.cluster.LocalCluster;
import tidemark.cli.cluster.RunLayout;
import tidemark.cli.process.StartedProcess;

/** Runs the agent alone, until it is ended. */
@Command(
    name = "agent",
    mixinStandardHelpOptions = true,
    description = {
      "Send this machine's metrics to Kafka each second.",
      "Goes on until it is ended."
    })
final class AgentCommand implements Callable<Integer> {
  static final String NAME = "agent";

  /** What the gateway's user of a local run sees as well. */
  static final String DEFAULT_ORG = "demo";

  private static final String MAX_HEAP = "96m";

  private final Workspace workspace;

  @Option(
      names = "--bootstrap-servers",
      paramLabel = "HOST:PORT",
      description = "The broker; that of the run unless given.")
  private String bootstrapServers = "";

  @Option(names = "--topic", description = "Default: ${DEFAULT-VALUE}.")
  private String topic = LocalCluster.POINTS_TOPIC;

  @Option(names = "--org", description = "Default: ${DEFAULT-VALUE}.")
  private String org = DEFAULT_ORG;

  @Option(names = "--host", description = "Tag of every series; this machine's name unless given.")
  private String host = "";

  AgentCommand(Workspace workspace) {
    this.workspace = workspace;
  }

  @Override
  public Integer call() throws InterruptedException {
    String broker =
        bootstrapServers.isEmpty()
            ? workspace.runningCluster().bootstrapServers()
            : bootstrapServers;
    Path statusFile = new RunLayout(workspace.run()).agentStatusFile();
    AgentConfig config =
        new AgentConfig(
            broker, topic, org, host.isEmpty() ? MachineAgent.hostName() : host, statusFile);
    Service.runUntilEnded(NAME, new MachineAgent(config, Clock.systemUTC())::run);
    return 0;
  }

  /** Starts the agent as a process of the run. */
  static StartedProcess start(Workspace workspace, LocalCluster cluster) {
    AgentStatus.remove(cluster.layout().agentStatusFile());
    return Service.start(NAME, MAX_HEAP, workspace, cluster);
  }
}
