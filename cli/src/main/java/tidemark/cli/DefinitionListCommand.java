package tidemark.cli;

import java.io.PrintWriter;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tidemark.serde.definition.DefinitionSet;
import tidemark.state.definition.AggregationRule;
import tidemark.state.definition.Definition;
import tidemark.state.definition.Monitor;
import tidemark.state.definition.Removal;

/** Lists what the topic holds. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = {
      "List what counts now or will.",
      "A line for each version: org, name, version, from, until, metric; tabs between them."
    })
final class DefinitionListCommand implements Callable<Integer> {
  private static final String WITHOUT_END = "-";

  private final Workspace workspace;

  @Spec private CommandSpec spec;
  @ParentCommand private DefinitionParent parent;
  @Mixin private ControlTopicOptions control;

  @Option(names = "--org", paramLabel = "ORG", description = "Only those of this org.")
  private String org = "";

  @Option(names = "--all", description = "Versions that are over as well.")
  private boolean isAll;

  DefinitionListCommand(Workspace workspace) {
    this.workspace = workspace;
  }

  @Override
  public Integer call() {
    DefinitionSet known = control.topic(workspace).read();
    DefinitionSet shown = isAll ? known : known.withoutEndedBefore(System.currentTimeMillis());
    PrintWriter out = spec.commandLine().getOut();
    shown.all().stream()
        .filter(definition -> definition.kind() == parent.kind())
        .filter(definition -> org.isEmpty() || definition.org().equals(org))
        .filter(definition -> !(definition instanceof Removal))
        .forEach(
            definition ->
                out.printf(
                    "%s\t%s\t%d\t%s\t%s\t%s%n",
                    definition.org(),
                    definition.name(),
                    definition.version(),
                    time(definition.fromMs()),
                    time(shown.inForceUntilMs(definition)),
                    metric(definition)));
    out.flush();
    return 0;
  }

  private static String time(long ms) {
    return ms == Long.MAX_VALUE ? WITHOUT_END : Instant.ofEpochMilli(ms).toString();
  }

  private static String metric(Definition definition) {
    if (definition instanceof AggregationRule rule) {
      return rule.filter().metric().text();
    }
    return ((Monitor) definition).filter().metric().text();
  }
}
