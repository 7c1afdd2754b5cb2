package tidemark.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tidemark.state.definition.Definition;

/** Monitors: what is looked at in each window. */
@Command(
    name = "monitors",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = {
      "Say what is looked at in each complete window, and when it is bad.",
      "No job restarts, and no other monitor changes."
    },
    subcommands = {
      DefinitionApplyCommand.class,
      DefinitionListCommand.class,
      DefinitionRemoveCommand.class
    })
final class MonitorsCommand implements Runnable, DefinitionParent {
  @Spec private CommandSpec spec;

  @Override
  public Definition.Kind kind() {
    return Definition.Kind.MONITOR;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }
}
