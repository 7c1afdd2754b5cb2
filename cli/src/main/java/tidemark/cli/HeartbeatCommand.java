package tidemark.cli;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tidemark.cli.cluster.LocalCluster;
import tidemark.cli.cluster.RunLayout;
import tidemark.cli.heartbeat.HeartbeatConfig;
import tidemark.cli.heartbeat.HeartbeatInjector;
import tidemark.cli.process.ProcessFailedException;
import tidemark.cli.process.RunLock;
import tidemark.cli.process.StartedProcess;

/** Runs the injector alone, until it is ended. */
@Command(
    name = "heartbeat",
    mixinStandardHelpOptions = true,
    description = {
      "Write heartbeats into every partition of the points topic and of the control topic each second.",
      "The windows of the job close by them and by nothing else. Goes on until it is ended; tidemark up and demo "
          + "start it by themselves."
    })
final class HeartbeatCommand implements Callable<Integer> {
  static final String NAME = "heartbeat";

  private static final String MAX_HEAP = "64m";

  private final Workspace workspace;

  @Option(
      names = "--bootstrap-servers",
      paramLabel = "HOST:PORT",
      description = "The broker; that of the run unless given.")
  private String bootstrapServers = "";

  @Option(names = "--topic", description = "Of the points. Default: ${DEFAULT-VALUE}.")
  private String topic = LocalCluster.POINTS_TOPIC;

  @Option(
      names = "--control-topic",
      description = "Of rules and monitors; empty for none. Default: ${DEFAULT-VALUE}.")
  private String controlTopic = LocalCluster.CONTROL_TOPIC;

  @Option(
      names = "--delay",
      paramLabel = "DURATION",
      converter = Durations.class,
      description = {
        "What producers may need from a point's time until Kafka has it: 500ms, 1s, 1m. "
            + "Points that take longer are late: counted as such, and none is lost. Longer: later "
            + "results, fewer late points. Default: 1s."
      })
  private Duration delay = Duration.ofSeconds(1);

  HeartbeatCommand(Workspace workspace) {
    this.workspace = workspace;
  }

  @Override
  public Integer call() throws InterruptedException {
    if (!bootstrapServers.isEmpty()) {
      inject(bootstrapServers);
      return 0;
    }
    String broker = workspace.runningCluster().bootstrapServers();
    try (RunLock only = lock()) {
      inject(broker);
    }
    return 0;
  }

  /** Two injectors of one run would promise different things. */
  private RunLock lock() {
    return RunLock.tryAcquire(new RunLayout(workspace.run()).heartbeatLockFile())
        .orElseThrow(
            () ->
                new ProcessFailedException(
                    "another process writes the heartbeats of %s: see tidemark status"
                        .formatted(workspace.run())));
  }

  private void inject(String broker) throws InterruptedException {
    List<String> topics = Stream.of(topic, controlTopic).filter(name -> !name.isEmpty()).toList();
    HeartbeatConfig config = new HeartbeatConfig(broker, topics, delay);
    Service.runUntilEnded(NAME, new HeartbeatInjector(config, Clock.systemUTC())::run);
  }

  /** Starts the injector as a process of the run, unless it runs. */
  static void ensureRunning(Workspace workspace, LocalCluster cluster, Consumer<String> progress) {
    if (!Service.isRunning(NAME, cluster)) {
      StartedProcess injector = Service.start(NAME, MAX_HEAP, workspace, cluster);
      progress.accept("heartbeats started, pid " + injector.identity().pid());
    }
  }
}
