package tidemark.cli;

import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tidemark.cli.agent.AgentConfig;
import tidemark.cli.agent.AgentStatus;
import tidemark.cli.agent.MachineAgent;
import tidemark.cli.cluster.LocalCluster;
import tidemark.cli.cluster.RunLayout;
import tidemark.cli.process.ChildProcess;
import tidemark.cli.process.StartedProcess;

/** Runs the agent alone, until it is ended. */
@Command(
    name = "agent",
    mixinStandardHelpOptions = true,
    description = {
      "Send this machine's metrics to Kafka each second.",
      "Goes on until it is ended. It writes heartbeats, so it must be the only producer of its topic."
    })
final class AgentCommand implements Callable<Integer> {
  static final String NAME = "agent";

  /** What the gateway's user of a local run sees as well. */
  static final String DEFAULT_ORG = "demo";

  private static final long CLOSE_LIMIT_SECONDS = 8;

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
    CountDownLatch isEnding = new CountDownLatch(1);
    CountDownLatch hasEnded = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(isEnding, hasEnded), "agent-end"));
    try {
      new MachineAgent(config, Clock.systemUTC()).run(() -> isEnding.getCount() > 0);
    } finally {
      hasEnded.countDown();
    }
    return 0;
  }

  /** Lets the agent send the second that it has begun. */
  private static void end(CountDownLatch isEnding, CountDownLatch hasEnded) {
    isEnding.countDown();
    try {
      boolean unused = hasEnded.await(CLOSE_LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Starts the agent as a process of the run. */
  static StartedProcess start(Workspace workspace, LocalCluster cluster) {
    AgentStatus.remove(cluster.layout().agentStatusFile());
    return cluster.start(
        new ChildProcess(
            NAME,
            System.getProperty("java.class.path"),
            Main.class.getName(),
            List.of(
                "-Xmx96m",
                "-XX:+UseSerialGC",
                "-XX:-UsePerfData",
                "-Dtidemark.home=" + workspace.home()),
            List.of("agent"),
            Map.of("TIDEMARK_RUN", workspace.run().toString()),
            workspace.run(),
            cluster.layout().logs().resolve(NAME + ".log")));
  }
}
