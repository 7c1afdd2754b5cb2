package tidemark.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tidemark.cli.process.ProcessFailedException;
import tidemark.cli.process.RunEndingException;

/** The main class of the command; {@code ./tidemark} sets its class path and home. */
@Command(
    name = "tidemark",
    mixinStandardHelpOptions = true,
    version = "tidemark 0.1.0",
    synopsisSubcommandLabel = "COMMAND",
    description = "A metrics database made of Flink jobs: run it on this machine and ask it.",
    footer = {
      "",
      "All data and state is in the run directory: TIDEMARK_RUN, or run beside this script.",
      "Start with: tidemark demo",
      "",
      "tidemark bench [--help] measures the whole job beside plain Flink jobs on the same topic."
    },
    subcommands = {
      DemoCommand.class,
      UpCommand.class,
      DownCommand.class,
      StatusCommand.class,
      SubmitCommand.class,
      SavepointCommand.class,
      SqlCommand.class,
      GatewayCommand.class,
      AuditCommand.class,
      MaintainCommand.class,
      ArchiveCommand.class,
      ShardsCommand.class,
      ReplayCommand.class,
      ShadowCommand.class,
      CompareCommand.class,
      PublishCommand.class,
      RulesCommand.class,
      MonitorsCommand.class,
      AgentCommand.class,
      HeartbeatCommand.class,
      NotifyCommand.class,
      FlinkCliCommand.class
    })
final class Main implements Runnable {
  private static final int FAILED = 1;
  private static final int INTERRUPTED = 130;
  private static final Set<String> SERVICES =
      Set.of(AgentCommand.NAME, HeartbeatCommand.NAME, NotifyCommand.NAME);

  @Spec private CommandSpec spec;

  private Main() {}

  public static void main(String[] arguments) {
    Workspace workspace = Workspace.ofEnvironment();
    configureLogging(workspace, arguments);
    System.exit(commandLine(workspace).execute(arguments));
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  static CommandLine commandLine(Workspace workspace) {
    return new CommandLine(new Main(), new CommandFactory(workspace))
        .setExecutionExceptionHandler(failures());
  }

  /**
   * What a person can act on is told in words; anything else is a fault of ours, with its trace.
   */
  private static IExecutionExceptionHandler failures() {
    return (failure, commandLine, parsed) -> {
      if (failure instanceof ProcessFailedException) {
        commandLine.getErr().println("error: " + failure.getMessage());
        return FAILED;
      }
      if (failure instanceof RunEndingException) {
        return INTERRUPTED;
      }
      throw failure;
    };
  }

  /** Before the first logger is made. A service logs as the other processes do. */
  private static void configureLogging(Workspace workspace, String[] arguments) {
    boolean isService = arguments.length > 0 && SERVICES.contains(arguments[0]);
    Path configuration =
        workspace
            .home()
            .resolve("flink-conf")
            .resolve(isService ? "log4j.properties" : "log4j-cli.properties");
    if (isService) {
      // it would close the log at once, before a service has told how it ended
      System.setProperty("log4j.shutdownHookEnabled", "false");
    }
    if (System.getProperty("log.file") == null) {
      Path log = workspace.run().resolve("logs").resolve("tidemark.log");
      System.setProperty("log.file", log.toString());
    }
    if (Files.exists(configuration)) {
      System.setProperty("log4j2.configurationFile", configuration.toUri().toString());
    }
  }

  /** Gives each command the workspace. */
  private record CommandFactory(Workspace workspace) implements CommandLine.IFactory {
    @Override
    public <K> K create(Class<K> type) throws Exception {
      try {
        return type.getDeclaredConstructor(Workspace.class).newInstance(workspace);
      } catch (NoSuchMethodException e) {
        return CommandLine.defaultFactory().create(type);
      }
    }
  }
}
