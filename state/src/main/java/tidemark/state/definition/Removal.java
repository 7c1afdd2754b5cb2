package tidemark.state.definition;

import java.util.Objects;

/** Ends what a name stood for: its last version, until the name is defined again. */
public record Removal(Kind kind, String org, String name, int version, long fromMs)
    implements Definition {

  public Removal {
    Objects.requireNonNull(kind, "kind");
    DefinitionChecks.check(org, name, version, fromMs);
  }

  @Override
  public Removal withFrom(long newFromMs) {
    return new Removal(kind, org, name, version, newFromMs);
  }
}
