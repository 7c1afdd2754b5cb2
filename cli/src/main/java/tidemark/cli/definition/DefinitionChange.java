package tidemark.cli.definition;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tidemark.cli.process.ProcessFailedException;
import tidemark.serde.definition.DefinitionSet;
import tidemark.state.definition.Definition;
import tidemark.state.definition.Definition.Kind;
import tidemark.state.definition.Removal;

/**
 * What is to become of a name. Pure: follows from what the topic holds and what is wanted.
 *
 * @param definition the version to write; if nothing changes, the one that is there
 * @param isNew whether it is to be written
 */
public record DefinitionChange(Definition definition, boolean isNew) {
  private static final long MINUTE_MS = 60_000;

  /** The first full minute that is not before now and the lead. */
  public static long fromMs(long nowMs, long leadMs) {
    return -Math.floorDiv(-Math.addExact(nowMs, leadMs), MINUTE_MS) * MINUTE_MS;
  }

  /**
   * What is to be done so that what is wanted counts from that time on; names that are not wanted
   * stay as they are.
   */
  public static List<DefinitionChange> toReach(
      List<WantedDefinition> wanted, DefinitionSet known, long fromMs) {
    List<DefinitionChange> changes = new ArrayList<>();
    for (WantedDefinition each : wanted) {
      Optional<Definition> last = last(known, each.kind(), each.org(), each.name());
      boolean isSame =
          last.isPresent() && each.as(last.get().version(), last.get().fromMs()).equals(last.get());
      changes.add(
          isSame
              ? new DefinitionChange(last.get(), false)
              : new DefinitionChange(each.as(nextVersion(last), fromMs), true));
    }
    return changes;
  }

  /**
   * The end of a name.
   *
   * @throws ProcessFailedException if there is no such name
   */
  public static DefinitionChange toRemove(
      Kind kind, String org, String name, DefinitionSet known, long fromMs) {
    Optional<Definition> last = last(known, kind, org, name);
    if (last.isEmpty() || last.get() instanceof Removal) {
      throw new ProcessFailedException(
          "org %s has no %s %s: tidemark %ss list tells what there is"
              .formatted(org, kind.label(), name, kind.label()));
    }
    return new DefinitionChange(new Removal(kind, org, name, nextVersion(last), fromMs), true);
  }

  private static Optional<Definition> last(
      DefinitionSet known, Kind kind, String org, String name) {
    List<Definition> versions = known.versionsOf(kind, org, name);
    return versions.isEmpty() ? Optional.empty() : Optional.of(versions.get(versions.size() - 1));
  }

  private static int nextVersion(Optional<Definition> last) {
    return last.map(definition -> Math.addExact(definition.version(), 1)).orElse(1);
  }
}
