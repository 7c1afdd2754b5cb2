package tidemark.gateway.walls;

/**
 * How large a statement may be. Chosen so that the largest one that passes costs the parser some
 * 100 ms and 5 MB, and so that no thread's stack overflows in parsing or binding it; they are no
 * bound on what its execution takes.
 */
final class WallLimits {
  /** UTF-16 units of the whole text. */
  static final int TEXT_CHARACTERS = 256 * 1024;

  static final int TOKENS = 20_000;

  /** With a WINDOW clause, whose definition DuckDB copies to each place that names it. */
  static final int TOKENS_WITH_WINDOWS = 2_000;

  static final int NAME_CHARACTERS = 256;
  static final int STRING_CHARACTERS = 16 * 1024;
  static final int NUMBER_CHARACTERS = 1024;
  static final int COMMENT_DEPTH = 8;

  /** Brackets and CASEs inside each other. */
  static final int NESTING = 100;

  /** Nodes of the tree inside each other; a chain of n operators is n deep. */
  static final int TREE_DEPTH = 250;

  static final int TREE_NODES = 60_000;
  static final int CTES = 64;

  /**
   * Named in FROM, those inside a CTE once for each place that names it. DuckDB plans 120 joins in
   * 26 seconds, in which it cannot be cancelled.
   */
  static final int RELATIONS = 64;

  static final int GROUPING_SETS = 256;
  static final int PIVOT_COLUMNS = 1_000;
  static final int PARAMETERS = 1_000;
  static final int SETTING_CHARACTERS = 1_000;

  /** Elements of an array type, those of arrays in it included. */
  static final int ARRAY_ELEMENTS = 1_000;

  /** Repetitions, padding, elements: what a function may make of a short argument. */
  static final int REPETITIONS = 1_000;

  /** Elements of a list that a function makes out of two numbers. */
  static final int SERIES_ELEMENTS = 10_000;

  /** For the 1,000 levels that DuckDB parses; 490 of them overflow 256 KB. */
  static final long PARSER_STACK_BYTES = 16L * 1024 * 1024;

  private WallLimits() {}
}
