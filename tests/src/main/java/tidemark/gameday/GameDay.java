package tidemark.gameday;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import tidemark.cli.process.ProcessFailedException;

/** {@code ./tidemark gameday NAME}: staged trouble, and a judgement. */
@Command(
    name = "gameday",
    mixinStandardHelpOptions = true,
    description = {
      "Stage trouble on real processes under load, and compare every stored row with what was sent.",
      "Exit code 0 only if nothing differs."
    },
    subcommands = {
      KillsGame.class,
      ObjectStoreGame.class,
      SavepointsGame.class,
      CommitGame.class,
      CatalogGame.class,
      SpillGame.class,
      DiskFullGame.class,
      CompactionGame.class,
      RulesGame.class,
      ReplayGame.class,
      PublishGame.class
    })
public final class GameDay implements Runnable {
  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  private GameDay() {}

  public static void main(String[] arguments) {
    CommandLine commands = new CommandLine(new GameDay());
    commands.setExecutionExceptionHandler(
        (failure, command, parsed) -> {
          if (failure instanceof ProcessFailedException) {
            System.err.println("error: " + failure.getMessage());
            return 1;
          }
          throw failure;
        });
    System.exit(commands.execute(arguments));
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "name a game");
  }
}
