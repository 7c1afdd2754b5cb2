package tidemark.gateway.plan;

import java.util.Optional;
import tidemark.gateway.rules.RuleSpan;

/**
 * A piece and whose rows it is read from.
 *
 * @param rule that made the series that are read in place of the finer ones; empty if those are
 *     read themselves
 */
record Part(Piece piece, Optional<RuleSpan> rule) {}
