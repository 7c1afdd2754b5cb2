package tidemark.cli;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tidemark.cli.definition.ControlTopic;
import tidemark.cli.definition.DefinitionChange;
import tidemark.cli.definition.WantedDefinition;
import tidemark.cli.process.RunLock;
import tidemark.state.definition.Definition;

/** Publishes the end of a name. */
@Command(
    name = "remove",
    mixinStandardHelpOptions = true,
    description = {
      "End a rule or a monitor, from a minute on.",
      "What it made stays; the name may be used again."
    })
final class DefinitionRemoveCommand implements Callable<Integer> {
  private final Workspace workspace;

  @Spec private CommandSpec spec;
  @ParentCommand private DefinitionParent parent;
  @Mixin private ControlTopicOptions control;
  @Mixin private DefinitionStartOptions start;

  @Parameters(paramLabel = "NAME", description = "As list tells it.")
  private String name;

  @Option(names = "--org", paramLabel = "ORG", required = true, description = "Whose it is.")
  private String org;

  DefinitionRemoveCommand(Workspace workspace) {
    this.workspace = workspace;
  }

  @Override
  public Integer call() {
    ControlTopic topic = control.topic(workspace);
    try (RunLock only = ControlTopicOptions.lock(workspace)) {
      DefinitionChange end =
          DefinitionChange.toRemove(parent.kind(), org, name, topic.read(), start.fromMs());
      for (Definition ended : topic.publish(List.of(end.definition()))) {
        spec.commandLine()
            .getOut()
            .printf(
                "%s: ends at %s%n",
                WantedDefinition.describe(ended), Instant.ofEpochMilli(ended.fromMs()));
      }
    }
    return 0;
  }
}
