package tidemark.cli;

import tidemark.state.definition.Definition;

/** A command whose subcommands change definitions of one kind. */
interface DefinitionParent {
  Definition.Kind kind();
}
