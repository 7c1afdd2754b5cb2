package tidemark.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tidemark.cli.cluster.LocalCluster;
import tidemark.cli.definition.ControlTopic;
import tidemark.cli.definition.DefinitionChange;
import tidemark.cli.definition.DefinitionFile;
import tidemark.cli.definition.JobCeilings;
import tidemark.cli.definition.SeriesCount;
import tidemark.cli.definition.WantedDefinition;
import tidemark.cli.process.ProcessFailedException;
import tidemark.cli.process.RunLock;
import tidemark.cli.sql.SqlAnswer;
import tidemark.cli.sql.SqlClient;
import tidemark.cli.sql.SqlQuestion;
import tidemark.cli.sql.SqlRefusedException;
import tidemark.gateway.users.Users;
import tidemark.gateway.users.UsersException;
import tidemark.serde.definition.DefinitionSet;
import tidemark.state.definition.Definition;

/** Publishes what a file has and the topic has not, after counting what it comes to. */
@Command(
    name = "apply",
    mixinStandardHelpOptions = true,
    description = {
      "Make what a YAML file says count, from a minute on.",
      "Counts first how many live series go in and come out, and refuses what makes more than it may. Names that "
          + "the file lacks stay as they are: see remove. Exit code 1 if it was refused."
    })
final class DefinitionApplyCommand implements Callable<Integer> {
  private static final int OK = 0;
  private static final int REFUSED = 1;

  private final Workspace workspace;

  @Spec private CommandSpec spec;
  @ParentCommand private DefinitionParent parent;
  @Mixin private ControlTopicOptions control;
  @Mixin private DefinitionStartOptions start;

  @Parameters(paramLabel = "FILE", description = "YAML; docs/rules.md has the fields.")
  private Path file;

  @Option(names = "--dry-run", description = "Show what would change, and change nothing.")
  private boolean isDryRun;

  @Option(
      names = "--force",
      description =
          "Publish also what makes too many series now, cannot be counted, or is beyond the job's default limits.")
  private boolean isForced;

  DefinitionApplyCommand(Workspace workspace) {
    this.workspace = workspace;
  }

  @Override
  public Integer call() {
    DefinitionFile wanted = DefinitionFile.read(file);
    ControlTopic topic = control.topic(workspace);
    try (RunLock only = ControlTopicOptions.lock(workspace)) {
      DefinitionSet known = topic.read();
      List<DefinitionChange> changes =
          DefinitionChange.toReach(wanted.of(parent.kind()), known, start.fromMs());
      JobCeilings ceilings = new JobCeilings(known, System.currentTimeMillis());
      boolean isSound = true;
      for (DefinitionChange change : changes) {
        isSound &= !change.isNew() || isSound(change.definition(), ceilings);
      }
      if (!isSound && !isForced) {
        line("nothing was published: change the file, or take --force");
        return REFUSED;
      }
      changes.stream().filter(change -> !change.isNew()).forEach(this::tellUnchanged);
      publish(changes, topic);
    }
    tellOthers(wanted);
    return OK;
  }

  private void publish(List<DefinitionChange> changes, ControlTopic topic) {
    List<Definition> fresh =
        changes.stream().filter(DefinitionChange::isNew).map(DefinitionChange::definition).toList();
    String verb = isDryRun ? "would become version" : "version";
    for (Definition definition : isDryRun || fresh.isEmpty() ? fresh : topic.publish(fresh)) {
      line(
          "%s: %s %d from %s"
              .formatted(
                  WantedDefinition.describe(definition),
                  verb,
                  definition.version(),
                  Instant.ofEpochMilli(definition.fromMs())));
    }
  }

  private void tellUnchanged(DefinitionChange change) {
    Definition definition = change.definition();
    line(
        "%s: unchanged, version %d from %s"
            .formatted(
                WantedDefinition.describe(definition),
                definition.version(),
                Instant.ofEpochMilli(definition.fromMs())));
  }

  /** Whoever has both in a file must not think that both were applied. */
  private void tellOthers(DefinitionFile wanted) {
    for (Definition.Kind other : Definition.Kind.values()) {
      int count = wanted.of(other).size();
      if (other != parent.kind() && count > 0) {
        line(
            "not among these are the file's %ss (%d): tidemark %1$ss apply"
                .formatted(other.label(), count));
      }
    }
  }

  /** Tells what is wrong with it; whether it may be published without more ado. */
  private boolean isSound(Definition definition, JobCeilings ceilings) {
    Optional<String> refusal = ceilings.refusal(definition);
    refusal.ifPresent(
        reason ->
            line(
                "%s: the job would refuse it, unless its tidemark.control.max-... is raised: %s"
                    .formatted(WantedDefinition.describe(definition), reason)));
    return refusal.isEmpty() && isWithinItsLimit(definition);
  }

  /** Tells what it comes to now. */
  private boolean isWithinItsLimit(Definition definition) {
    String name = WantedDefinition.describe(definition);
    Optional<Function<SqlQuestion, SqlAnswer>> gateway = gatewayOf(definition.org());
    if (gateway.isEmpty()) {
      line("%s: not counted, for no gateway runs here whose user sees that org".formatted(name));
      return false;
    }
    try {
      SeriesCount count = SeriesCount.of(definition, gateway.get());
      line(
          "%s: %d live series go in, %d %s out, %d are allowed"
              .formatted(
                  name,
                  count.in(),
                  count.out(),
                  definition.kind() == Definition.Kind.RULE ? "come" : "groups come",
                  count.limit()));
      if (count.isTooMany()) {
        line("%s: too many come out".formatted(name));
      }
      return !count.isTooMany();
    } catch (SqlRefusedException e) {
      line("%s: not counted: %s".formatted(name, e.getMessage()));
      return false;
    }
  }

  private Optional<Function<SqlQuestion, SqlAnswer>> gatewayOf(String org) {
    LocalCluster cluster = workspace.cluster(line -> {});
    return cluster
        .gateway()
        .access()
        .filter(access -> isOfOrg(access.user(), org, cluster))
        .map(access -> new SqlClient(access)::ask);
  }

  private static boolean isOfOrg(String name, String org, LocalCluster cluster) {
    try {
      return Users.list(cluster.layout().usersFile()).stream()
          .anyMatch(user -> user.name().equals(name) && user.org().equals(org));
    } catch (UsersException e) {
      throw new ProcessFailedException(e.getMessage(), e);
    }
  }

  private void line(String text) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(text);
    out.flush();
  }
}
