package tidemark.gateway.walls;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.SqlState;

/**
 * Decides what may run, before a statement reaches an engine that has data.
 *
 * <p>Allowed is one statement: a query over the caller's relations, its own CTEs and the functions
 * of {@link FunctionList}; EXPLAIN [ANALYZE] of one; DESCRIBE or SUMMARIZE of a relation or query;
 * SHOW; and SET or RESET of the caller's settings. Transactions and cursors are the protocol's.
 *
 * <p>Thread-safe; one per process is enough. A check takes 0.2 to 0.5 ms, most of it in DuckDB's
 * parser, which takes one statement at a time; the largest that passes takes 100 ms. Holds an
 * engine without data, some 10 MB.
 */
public final class Walls implements AutoCloseable {
  private static final Set<String> QUERIES =
      Set.of("select", "with", "values", "from", "table", "pivot", "unpivot");
  private static final Set<String> WRITES =
      Set.of(
          "insert", "update", "delete", "merge", "create", "drop", "alter", "truncate", "comment");
  private static final Set<String> PROTOCOL =
      Set.of(
          "begin",
          "start",
          "commit",
          "end",
          "rollback",
          "abort",
          "savepoint",
          "release",
          "declare",
          "fetch",
          "move",
          "close",
          "prepare",
          "execute",
          "deallocate",
          "discard",
          "listen",
          "unlisten",
          "notify");
  private static final Set<String> OTHERS =
      Set.of(
          "analyze",
          "attach",
          "call",
          "checkpoint",
          "cluster",
          "copy",
          "detach",
          "do",
          "export",
          "force",
          "grant",
          "import",
          "install",
          "load",
          "lock",
          "pragma",
          "reassign",
          "refresh",
          "reindex",
          "revoke",
          "security",
          "use",
          "vacuum");
  private static final String ALLOWED =
      "SELECT, WITH, VALUES, FROM, TABLE, DESCRIBE, SUMMARIZE, EXPLAIN, SHOW, SET and RESET are"
          + " allowed";

  private final WallLists lists;
  private final SqlParser parser = new SqlParser();
  private final DeepThread thread = new DeepThread();

  public Walls(WallLists lists) {
    this.lists = lists;
  }

  /**
   * What a statement names, if it may run.
   *
   * @param sql with parameters {@code $1}, {@code $2}, ... if any
   * @throws AskException if it may not run or is none: of all reasons, the first
   */
  public CheckedStatement check(String sql) {
    List<Token> tokens = TokenScan.scan(sql);
    Token first = tokens.get(0);
    if (first.isWord("set") || first.isWord("reset") || first.isWord("show")) {
      return new SettingStatement(sql, tokens, lists).check();
    }
    StatementKind kind = kind(sql, tokens);
    int blanked =
        switch (kind) {
          case EXPLAIN -> first.end();
          case EXPLAIN_ANALYZE -> tokens.get(1).end();
          case QUERY, DESCRIBE, SUMMARIZE, SHOW_TABLES, SHOW_ALL, SHOW_SETTING, SET, RESET -> 0;
        };
    String text = sql.substring(blanked, tokens.get(tokens.size() - 1).end());
    String runs = blank(sql.substring(0, blanked)) + text;
    return thread.call(() -> checkTree(kind, runs));
  }

  /** As many characters of space, so that positions stay. */
  private static String blank(String text) {
    return " ".repeat(text.codePointCount(0, text.length()));
  }

  private CheckedStatement checkTree(StatementKind kind, String sql) {
    boolean isDescription = kind == StatementKind.DESCRIBE || kind == StatementKind.SUMMARIZE;
    JsonNode tree = parser.parse(sql);
    TreeWalk walk = new TreeWalk(sql, lists, parser, kind).check(tree);
    if (isDescription && !isShow(tree)) {
      throw new AskException(SqlState.SYNTAX_ERROR, "DESCRIBE and SUMMARIZE take one query");
    }
    if (walk.publicLocations().isEmpty()) {
      return walk.checked(tree);
    }
    // what runs is the text without the schema, so its own tree is checked
    return checkTree(kind, withoutPublic(sql, walk.publicLocations()));
  }

  private static boolean isShow(JsonNode tree) {
    return tree.path("node").path("from_table").path("type").asText().equals("SHOW_REF");
  }

  private static String withoutPublic(String sql, Set<Long> locations) {
    List<Integer> starts = new ArrayList<>();
    for (long location : locations) {
      starts.add(TextPlace.ofUtf8(sql, location));
    }
    Collections.reverse(starts);
    List<Token> tokens = TokenScan.scan(sql);
    StringBuilder text = new StringBuilder(sql);
    for (int start : starts) {
      int at = indexOf(tokens, start);
      boolean isQualified =
          at >= 0
              && at + 2 < tokens.size()
              && tokens.get(at).lowerCase().equals("public")
              && tokens.get(at + 1).isSymbol('.');
      if (!isQualified) {
        throw new AskException(
            SqlState.UNDEFINED_TABLE, "relations are named without a schema in this place");
      }
      text.delete(start, tokens.get(at + 2).start());
    }
    return text.toString();
  }

  private static int indexOf(List<Token> tokens, int start) {
    for (int at = 0; at < tokens.size(); at++) {
      if (tokens.get(at).start() == start) {
        return at;
      }
    }
    return -1;
  }

  private static StatementKind kind(String sql, List<Token> tokens) {
    Token first = tokens.get(0);
    if (first.isWord("explain")) {
      boolean isAnalyze = tokens.size() > 1 && tokens.get(1).isWord("analyze");
      int next = isAnalyze ? 2 : 1;
      if (tokens.size() == next || !isQuery(tokens.get(next))) {
        throw new AskException(SqlState.SYNTAX_ERROR, "EXPLAIN [ANALYZE] takes a query")
            .at(TextPlace.position(sql, tokens.get(Math.min(next, tokens.size() - 1)).start()));
      }
      return isAnalyze ? StatementKind.EXPLAIN_ANALYZE : StatementKind.EXPLAIN;
    }
    if (first.isWord("describe") || first.isWord("desc")) {
      return StatementKind.DESCRIBE;
    }
    if (first.isWord("summarize")) {
      return StatementKind.SUMMARIZE;
    }
    if (isQuery(first)) {
      return StatementKind.QUERY;
    }
    throw refusal(first).at(TextPlace.position(sql, first.start()));
  }

  private static boolean isQuery(Token first) {
    return first.isSymbol('(')
        || (first.kind() == Token.Kind.WORD && QUERIES.contains(first.lowerCase()));
  }

  private static AskException refusal(Token first) {
    String word = first.kind() == Token.Kind.WORD ? first.lowerCase() : "";
    String upperCase = word.toUpperCase(Locale.ROOT);
    if (WRITES.contains(word)) {
      return new AskException(SqlState.READ_ONLY, upperCase + " is not allowed, all is read-only")
          .withHint(ALLOWED);
    }
    if (PROTOCOL.contains(word)) {
      return new AskException(
              SqlState.FEATURE_NOT_SUPPORTED, upperCase + " is not supported in this place")
          .withHint(ALLOWED);
    }
    if (OTHERS.contains(word)) {
      return new AskException(SqlState.NOT_ALLOWED, upperCase + " is not allowed")
          .withHint(ALLOWED);
    }
    return new AskException(
            SqlState.SYNTAX_ERROR, "syntax error at or near \"%s\"".formatted(first.text()))
        .withHint(ALLOWED);
  }

  @Override
  public void close() {
    thread.close();
    parser.close();
  }
}
