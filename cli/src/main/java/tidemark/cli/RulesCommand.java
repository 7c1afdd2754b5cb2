package tidemark.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tidemark.state.definition.Definition;

/** Aggregation rules: which coarser series are made as data flows. */
@Command(
    name = "rules",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = {
      "Say which coarser series are made while data flows.",
      "No job restarts, and no other rule changes."
    },
    subcommands = {
      DefinitionApplyCommand.class,
      DefinitionListCommand.class,
      DefinitionRemoveCommand.class
    })
final class RulesCommand implements Runnable, DefinitionParent {
  @Spec private CommandSpec spec;

  @Override
  public Definition.Kind kind() {
    return Definition.Kind.RULE;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }
}
