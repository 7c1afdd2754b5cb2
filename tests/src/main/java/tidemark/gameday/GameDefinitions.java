package tidemark.gameday;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tidemark.cli.cluster.LocalCluster;
import tidemark.cli.definition.ControlTopic;
import tidemark.cli.definition.DefinitionChange;
import tidemark.cli.definition.DefinitionFile;
import tidemark.cli.process.ProcessFailedException;
import tidemark.serde.definition.DefinitionSet;
import tidemark.state.definition.Definition;
import tidemark.state.definition.Monitor;

/**
 * Publishes rules and monitors as {@code ./tidemark rules apply --force} and {@code remove} do:
 * from a YAML file, by the difference to what the topic holds. For one thread at a time.
 */
final class GameDefinitions {
  /** As soon as can be: from the next full 10 s on. */
  static final long AT_ONCE = 0;

  private final ControlTopic topic;
  private final Path folder;
  private int files;

  /**
   * @param folder for the files
   */
  GameDefinitions(String bootstrapServers, Path folder) {
    this.topic = new ControlTopic(bootstrapServers, LocalCluster.CONTROL_TOPIC);
    this.folder = folder;
  }

  /** Makes what a file says count, and returns what was published with the start that counts. */
  List<Definition> apply(String yaml, long fromMs) {
    Path file = folder.resolve("definitions-%d.yaml".formatted(files++));
    try {
      Files.createDirectories(folder);
      Files.writeString(file, yaml);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<Definition> fresh =
        DefinitionChange.toReach(DefinitionFile.read(file).wanted(), topic.read(), fromMs).stream()
            .filter(DefinitionChange::isNew)
            .map(DefinitionChange::definition)
            .toList();
    if (fresh.isEmpty()) {
      throw new ProcessFailedException("%s changes nothing".formatted(file));
    }
    return topic.publish(fresh);
  }

  /** Ends a name. */
  List<Definition> remove(Definition.Kind kind, String org, String name, long fromMs) {
    return topic.publish(
        List.of(DefinitionChange.toRemove(kind, org, name, topic.read(), fromMs).definition()));
  }

  /** Ends every monitor that there is, and returns when the last of them has ended. */
  long removeMonitors() {
    DefinitionSet known = topic.read();
    List<Definition> ends = new ArrayList<>();
    known.all().stream()
        .filter(definition -> definition.kind() == Definition.Kind.MONITOR)
        .map(Named::of)
        .distinct()
        .filter(named -> named.isUsed(known))
        .forEach(
            named ->
                ends.add(
                    DefinitionChange.toRemove(
                            Definition.Kind.MONITOR, named.org(), named.name(), known, AT_ONCE)
                        .definition()));
    List<Definition> published = topic.publish(ends);
    return Math.max(
        published.stream().mapToLong(Definition::fromMs).max().orElse(AT_ONCE),
        known.all().stream().mapToLong(Definition::fromMs).max().orElse(AT_ONCE));
  }

  private record Named(String org, String name) {
    static Named of(Definition definition) {
      return new Named(definition.org(), definition.name());
    }

    /** Whether its last version is one, and not its end. */
    boolean isUsed(DefinitionSet known) {
      List<Definition> versions = known.versionsOf(Definition.Kind.MONITOR, org, name);
      return versions.get(versions.size() - 1) instanceof Monitor;
    }
  }
}
