package tidemark.gateway.walls;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.SqlState;
import tidemark.gateway.walls.AttackList.Attack;

/**
 * Statements spliced from the tokens of attacks and of queries. The judge knows nothing of trees:
 * what the walls let pass runs in an engine full of canaries, and must neither show one nor fail in
 * words that only something off the lists could cause. Set {@code walls.fuzz.seed} and {@code
 * walls.fuzz.count} for another run.
 */
@Timeout(300)
class WallsFuzzTest {
  /** What the engine says of a file, a setting, or a name that it looked up and should not have. */
  private static final Pattern REACHED =
      Pattern.compile(
          "IO Error|Permission Error|Catalog Error|HTTP Error|Parser Error|Attach|Extension"
              + "|No files found|Cannot (?:access|open|read)|disabled (?:by|through)"
              + "|configuration (?:option|has)");

  private static final List<String> GROUND =
      List.of(
          "SELECT metric, sum(value) AS total FROM points GROUP BY metric ORDER BY total LIMIT 5",
          "SELECT time_bucket(INTERVAL '1 minute', ts) AS t, avg(value) FROM points GROUP BY 1",
          "WITH a AS (SELECT * FROM points), b AS (SELECT metric FROM a) SELECT * FROM b, series",
          "SELECT p.metric, s.tags['service'] FROM points p JOIN series s USING (metric)",
          "SELECT lag(value) OVER (PARTITION BY metric ORDER BY ts) FROM points WHERE value > $1",
          "SELECT CASE WHEN value > 1 THEN 'a' ELSE 'b' END, list_transform([1], x -> x) FROM points",
          "SELECT percentile(value, 0.99) FROM points WHERE ts BETWEEN '2026-01-01' AND '2026-02-01'",
          "FROM points SELECT DISTINCT metric UNION ALL SELECT metric FROM series",
          "SELECT * FROM (SELECT max(value) AS m FROM points) t, range(3) r(i), unnest([1, 2]) u(j)");

  /** Words that a splice may bring in anywhere. */
  private static final List<String> WORDS =
      List.of(
          "foreign_points",
          "'@/canary.csv'",
          "read_text",
          "(",
          ")",
          ",",
          ".",
          "::",
          "regclass",
          "main",
          "public",
          "\"points\"",
          "current_query",
          "query_table",
          "AS",
          "WITH",
          "LATERAL",
          "SELECT",
          "FROM",
          "duckdb_settings",
          "a",
          "b",
          "glob",
          "*",
          "sqlite_master",
          "memory");

  @TempDir Path directory;

  @Test
  void nothingOffTheListsIsReached() throws Exception {
    long seed = Long.getLong("walls.fuzz.seed", 1);
    int count = Integer.getInteger("walls.fuzz.count", 20_000);
    System.out.printf("walls.fuzz.seed=%d walls.fuzz.count=%d%n", seed, count);
    SplittableRandom random = new SplittableRandom(seed);
    List<List<String>> texts = texts();
    Map<SqlState, Integer> refused = new EnumMap<>(SqlState.class);
    List<String> wrong = new ArrayList<>();
    int ran = 0;
    int failed = 0;
    try (Walls walls = new Walls(AttackList.LISTS);
        CanaryEngine engine = new CanaryEngine(directory)) {
      long before = engine.fileAccesses();
      for (int i = 0; i < count; i++) {
        String sql = splice(random, texts);
        CheckedStatement checked;
        try {
          checked = walls.check(sql);
        } catch (AskException e) {
          refused.merge(e.state(), 1, Integer::sum);
          continue;
        }
        if (checked.kind().hasQuery()) {
          ran++;
          String found = run(engine, checked);
          failed += found.startsWith("Error") ? 1 : 0;
          if (found.contains(CanaryEngine.CANARY)
              || (found.startsWith("Error") && REACHED.matcher(found).find())) {
            wrong.add(checked.sql() + "\n  -> " + found);
          }
        }
      }
      System.out.printf(
          "ran %d, of which the engine failed %d; refused %s%n", ran, failed, refused);
      assertThat(wrong).isEmpty();
      assertThat(engine.fileAccesses()).isEqualTo(before);
      assertThat(engine.filesHaveChanged()).isFalse();
      assertThat(ran).as("a fuzz that lets nothing pass says nothing").isGreaterThan(count / 50);
      assertThat(refused).as("and so does one that refuses for one reason").hasSizeGreaterThan(5);
    }
  }

  /** The judge's words are the engine's: what it must not see does show. */
  @Test
  void theJudgeKnowsWhatReachingLooksLike() throws Exception {
    try (CanaryEngine engine = new CanaryEngine(directory)) {
      for (String sql :
          List.of(
              "SELECT * FROM no_such_table",
              "SELECT * FROM '/etc/passwd.csv'",
              "SELECT * FROM read_text('/etc/passwd')",
              "SELECT * FROM no_schema.points",
              "SELECT 1::no_type",
              "ATTACH '/tmp/x.db'",
              "SET threads = 1",
              "COPY points TO '/tmp/x.csv'")) {
        assertThat(REACHED.matcher(run(engine, sql)).find()).as(sql + run(engine, sql)).isTrue();
      }
    }
  }

  private static String run(CanaryEngine engine, CheckedStatement checked) {
    String prefix = checked.kind() == StatementKind.EXPLAIN ? "EXPLAIN " : "";
    return run(engine, prefix + checked.sql(), checked.parameterCount());
  }

  private static String run(CanaryEngine engine, String sql) {
    return run(engine, sql, 0);
  }

  private static String run(CanaryEngine engine, String sql, int parameters) {
    try {
      return engine.run(sql, parameters);
    } catch (SQLException e) {
      return "Error " + e.getMessage();
    }
  }

  private List<List<String>> texts() {
    List<List<String>> texts = new ArrayList<>();
    List<String> all = new ArrayList<>();
    for (int copy = 0; copy < 30; copy++) {
      all.addAll(GROUND);
    }
    for (Attack attack : AttackList.read(directory.toString())) {
      if (attack.sql().length() < 300) {
        all.add(attack.sql());
        if (attack.isAllowed()) {
          all.add(attack.sql());
          all.add(attack.sql());
        }
      }
    }
    for (String sql : all) {
      tokens(sql).ifPresent(texts::add);
    }
    return texts;
  }

  /** Empty for an attack on the scan itself. */
  private static Optional<List<String>> tokens(String sql) {
    try {
      return Optional.of(TokenScan.scan(sql).stream().map(Token::text).toList());
    } catch (AskException e) {
      return Optional.empty();
    }
  }

  private String splice(SplittableRandom random, List<List<String>> texts) {
    List<String> tokens = new ArrayList<>(pick(random, texts));
    int changes = 1 + random.nextInt(2);
    for (int change = 0; change < changes; change++) {
      List<String> other = pick(random, texts);
      int at = random.nextInt(tokens.size() + 1);
      int end = Math.min(tokens.size(), at + random.nextInt(4));
      switch (random.nextInt(12)) {
        case 0 -> tokens.subList(at, end).clear();
        case 1 -> tokens.add(at, pick(random, WORDS).replace("@", directory.toString()));
        case 2 -> {
          tokens.subList(at, end).clear();
          tokens.addAll(at, part(random, other));
        }
        case 3 -> tokens.addAll(at, part(random, other));
        case 4 -> {
          if (at < tokens.size()) {
            tokens.set(at, pick(random, other));
          }
        }
        case 5, 6, 7 -> swapGroup(random, tokens, other);
        default -> swapAlike(random, tokens, other);
      }
      if (tokens.isEmpty()) {
        tokens.addAll(other);
      }
    }
    return join(random, tokens);
  }

  /** A name for a name, a call for a call: what most likely still parses. */
  private static void swapAlike(SplittableRandom random, List<String> tokens, List<String> other) {
    String donor = pick(random, other);
    int start = random.nextInt(tokens.size());
    for (int i = 0; i < tokens.size(); i++) {
      int at = (start + i) % tokens.size();
      if (Character.isLetter(donor.charAt(0)) == Character.isLetter(tokens.get(at).charAt(0))) {
        tokens.set(at, donor);
        return;
      }
    }
  }

  /** What is in brackets for what is in brackets. */
  private static void swapGroup(SplittableRandom random, List<String> tokens, List<String> other) {
    List<String> to = group(tokens, random.nextInt(tokens.size()));
    List<String> from = List.copyOf(group(other, random.nextInt(other.size())));
    if (!to.isEmpty() && !from.isEmpty()) {
      to.clear();
      to.addAll(from);
    }
  }

  /** A view of the first balanced ( ... ) at or behind a place; empty if there is none. */
  private static List<String> group(List<String> tokens, int from) {
    int depth = 0;
    int start = -1;
    for (int at = from; at < tokens.size(); at++) {
      if (tokens.get(at).equals("(")) {
        start = depth++ == 0 ? at : start;
      } else if (tokens.get(at).equals(")") && depth > 0 && --depth == 0) {
        return tokens.subList(start, at + 1);
      }
    }
    return tokens.subList(0, 0);
  }

  private static List<String> part(SplittableRandom random, List<String> tokens) {
    int start = random.nextInt(tokens.size());
    return tokens.subList(start, Math.min(tokens.size(), start + 1 + random.nextInt(12)));
  }

  private static <T> T pick(SplittableRandom random, List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  private static String join(SplittableRandom random, List<String> tokens) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < tokens.size(); i++) {
      String token = tokens.get(i);
      text.append(token);
      boolean isOperator =
          i + 1 < tokens.size()
              && !Character.isLetterOrDigit(token.charAt(0))
              && !Character.isLetterOrDigit(tokens.get(i + 1).charAt(0))
              && "\"'$(),;[]{}".indexOf(token.charAt(0)) < 0;
      if (!isOperator) {
        text.append(random.nextInt(20) == 0 ? "/**/" : " ");
      }
    }
    return text.toString();
  }
}
