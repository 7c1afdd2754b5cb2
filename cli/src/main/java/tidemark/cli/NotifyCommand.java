package tidemark.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tidemark.cli.cluster.LocalCluster;
import tidemark.cli.cluster.RunLayout;
import tidemark.cli.notify.Notifier;
import tidemark.cli.notify.NotifyConfig;
import tidemark.cli.notify.NotifyFile;
import tidemark.cli.notify.Webhook;
import tidemark.cli.process.ProcessFailedException;
import tidemark.cli.process.RunLock;
import tidemark.cli.process.StartedProcess;

/** Runs the notifier, until it is ended. */
@Command(
    name = "notify",
    mixinStandardHelpOptions = true,
    description = {
      "Send the alerts of monitors to webhooks, each at least once.",
      "Goes on until it is ended; tidemark up and demo start it by themselves if the run directory "
          + "has a file notify.yaml."
    })
final class NotifyCommand implements Callable<Integer> {
  static final String NAME = "notify";

  private static final String MAX_HEAP = "128m";

  /** Where a new webhook begins. */
  enum From {
    newest,
    earliest
  }

  private final Workspace workspace;

  @Option(
      names = "--file",
      paramLabel = "FILE",
      description = "The webhooks; notify.yaml in the run directory unless given.")
  private Optional<Path> file = Optional.empty();

  @Option(
      names = "--bootstrap-servers",
      paramLabel = "HOST:PORT",
      description = "The broker; that of the run unless given.")
  private String bootstrapServers = "";

  @Option(names = "--topic", description = "Of the alerts. Default: ${DEFAULT-VALUE}.")
  private String topic = LocalCluster.ALERTS_TOPIC;

  @Option(
      names = "--dead-letters-topic",
      description = "For alerts that a webhook did not get. Default: ${DEFAULT-VALUE}.")
  private String deadLettersTopic = LocalCluster.ALERTS_DEAD_LETTERS_TOPIC;

  @Option(
      names = "--from",
      paramLabel = "WHERE",
      description =
          "Where a webhook begins whose name was never seen here: ${COMPLETION-CANDIDATES} alert. Any "
              + "other one goes on where it was. Default: ${DEFAULT-VALUE}.")
  private From from = From.newest;

  NotifyCommand(Workspace workspace) {
    this.workspace = workspace;
  }

  @Override
  public Integer call() throws InterruptedException {
    Path webhooksFile = file.orElseGet(() -> new RunLayout(workspace.run()).notifyFile());
    if (!Files.exists(webhooksFile)) {
      throw new ProcessFailedException(
          "%s is not there: write it as docs/alerts.md says, or name another one with --file"
              .formatted(webhooksFile));
    }
    List<Webhook> webhooks = NotifyFile.read(webhooksFile, System.getenv());
    String broker =
        bootstrapServers.isEmpty()
            ? workspace.runningCluster().bootstrapServers()
            : bootstrapServers;
    NotifyConfig.Start start =
        from == From.newest ? NotifyConfig.Start.NEWEST : NotifyConfig.Start.EARLIEST;
    NotifyConfig config = new NotifyConfig(broker, topic, deadLettersTopic, start, webhooks);
    try (RunLock only = lock()) {
      Service.runUntilEnded(NAME, new Notifier(config)::run);
    }
    return 0;
  }

  /** Two would send everything twice. */
  private RunLock lock() {
    return RunLock.tryAcquire(new RunLayout(workspace.run()).notifyLockFile())
        .orElseThrow(
            () ->
                new ProcessFailedException(
                    "another process sends the alerts of %s: see tidemark status"
                        .formatted(workspace.run())));
  }

  /**
   * Starts the notifier as a process of the run if there is a file of webhooks, unless it runs. A
   * file that is wrong is told, and keeps nothing else from starting.
   */
  static void ensureRunning(Workspace workspace, LocalCluster cluster, Consumer<String> progress) {
    Path file = cluster.layout().notifyFile();
    if (!Files.exists(file) || Service.isRunning(NAME, cluster)) {
      return;
    }
    try {
      int count = NotifyFile.read(file, System.getenv()).size();
      StartedProcess notifier = Service.start(NAME, MAX_HEAP, workspace, cluster);
      progress.accept(
          "alerts go to %d webhooks, pid %d".formatted(count, notifier.identity().pid()));
    } catch (ProcessFailedException e) {
      progress.accept("no alerts are sent: " + e.getMessage());
    }
  }
}
