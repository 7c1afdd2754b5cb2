package tidemark.gateway.plan;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import tidemark.gateway.StoredFile;
import tidemark.gateway.hot.HotView;
import tidemark.gateway.scan.Scans;
import tidemark.gateway.tables.TableVersion;

/**
 * Makes the views that one run of a statement reads. One per session, not thread-safe; costs some
 * 0.1 ms, or a millisecond or two if it asks for series; and the fetching of files.
 */
public final class Planner {
  /** By name of the relation, its tier; {@link #POINTS} has the best. */
  public static final Map<String, Integer> TIERS =
      Map.of("rollups_10s", 10, "rollups_1m", 60, "rollups_1h", 3600);

  public static final String POINTS = "points";
  public static final String SERIES = "series";
  public static final String METRICS = "metrics";

  /** Columns of series that no tag can be named over. */
  private static final Set<String> SEEN = Set.of("first_seen", "last_seen");

  private static final long SIX_HOURS_MS = 6 * 3_600_000L;
  private static final long WEEK_MS = 7 * 86_400_000L;

  private final Views views;
  private final Statements statements;
  private final Set<String> aggregates;
  private final PointsRead.Sources sources;
  private final List<PointsRead> reads = new ArrayList<>();

  /**
   * @param connection of the session: views are made in it
   * @param parser to an instance without data; shared by nobody else meanwhile
   * @param aggregates names of the engine's aggregate functions, lower case
   * @param fetch brings files to this machine
   * @param scans of the engine
   * @param isCancelled whether the statement that runs was
   */
  public Planner(
      Connection connection,
      Connection parser,
      Set<String> aggregates,
      Function<List<StoredFile>, List<Path>> fetch,
      Scans scans,
      BooleanSupplier isCancelled)
      throws SQLException {
    views = new Views(connection);
    statements = new Statements(parser);
    this.aggregates = aggregates;
    ScanPlanner scanner = new ScanPlanner(connection, statements, scans, isCancelled);
    sources = new PointsRead.Sources(connection, statements, scanner, fetch);
  }

  /** Ends what the last plan holds, once its rows were read. */
  public void release() {
    sources.scanner().release();
  }

  /**
   * What a statement is planned against.
   *
   * @param tagKeys of the org, by lower case
   * @param closedToMs windows that end at or before it are closed and here
   * @param resolution asked for by the session, in seconds
   * @param reading how stored rows may be read
   */
  public record Context(
      String org,
      TableVersion version,
      HotView hot,
      long closedToMs,
      Map<String, String> tagKeys,
      OptionalInt resolution,
      Reading reading) {

    /** The same with all rows read by the engine. */
    public Context byEngine() {
      return new Context(org, version, hot, closedToMs, tagKeys, resolution, Reading.BY_ENGINE);
    }
  }

  /** Who reads stored rows. */
  public enum Reading {
    /** A scan that merges them, where one can. */
    MERGED,
    /** The engine, as they are. */
    BY_ENGINE
  }

  /**
   * What was planned.
   *
   * @param inputs names everything that the rows come from, for a cache; empty if the statement
   *     reads what changes all the time
   * @param toMs end of the last window asked for; {@link Long#MAX_VALUE} if there is none
   */
  public record Plan(Optional<String> inputs, long toMs) {}

  /** The tree of a statement with a time in place of {@code now()}. */
  public static JsonNode pinNow(String sql, JsonNode tree, Instant now) {
    return Rewrite.pinNow(sql, tree, now);
  }

  /** What the engine is to run in place of the statement, with the same time in it. */
  public static String spellOut(String sql, JsonNode tree, Instant now) {
    return Rewrite.spellOut(sql, tree, now);
  }

  /**
   * Finds out which views the statement reads; {@link #makeViews} makes them.
   *
   * @param relations that the statement names, lower case
   */
  public Plan plan(JsonNode tree, Set<String> relations, Context context) throws SQLException {
    release();
    List<String> tagColumns = tagColumns(tree, context.tagKeys());
    boolean hasTags = !tagColumns.isEmpty() || mayMeanTags(tree, tableNames(tree));
    StringBuilder inputs = new StringBuilder();
    long toMs = Long.MIN_VALUE;
    views.clear();
    reads.clear();
    if (relations.contains(METRICS)) {
      views.want(METRICS, ViewSql.metrics(context.org()));
    }
    if (relations.contains(SERIES)) {
      Optional<List<String>> metrics = read(tree, SERIES, context).metrics();
      views.want(SERIES, ViewSql.series(context.org(), tagColumns, metrics));
    }
    for (String relation : new TreeSet<>(relations)) {
      if (relation.equals(POINTS) || TIERS.containsKey(relation)) {
        PointsUse use = read(tree, relation, context);
        ViewSql.Shape shape =
            new ViewSql.Shape(
                relation,
                context.org(),
                !use.isMergeable(),
                use.metrics(),
                Optional.empty(),
                hasTags,
                tagColumns);
        List<Piece> pieces = pieces(relation, use, context);
        PointsRead read = new PointsRead(sources, shape, use, pieces, context);
        inputs.append(read.inputs());
        reads.add(read);
        toMs = Math.max(toMs, endMs(pieces, use.toMs()));
      }
    }
    boolean isUnsteady =
        relations.contains(SERIES) || relations.contains(METRICS) || Statements.hasSample(tree);
    return new Plan(
        isUnsteady || toMs == Long.MIN_VALUE ? Optional.empty() : Optional.of(inputs.toString()),
        toMs == Long.MIN_VALUE ? Long.MAX_VALUE : toMs);
  }

  private PointsUse read(JsonNode tree, String relation, Context context) {
    return new UseReader(statements, aggregates, context.tagKeys().keySet()).read(tree, relation);
  }

  /** Makes the views of what was planned last, as far as they are not there. */
  public void makeViews() throws SQLException {
    for (PointsRead read : reads) {
      views.want(read.relation(), read.view());
    }
    views.make();
  }

  /** What the statement planned last reads, in lines for people. */
  public List<String> explain() throws SQLException {
    List<String> lines = new ArrayList<>();
    for (PointsRead read : reads) {
      read.view();
      lines.addAll(read.lines());
    }
    return lines;
  }

  /** Whether tags are named, by a star or a whole row, too. */
  private static boolean mayMeanTags(JsonNode tree, Set<String> tables) {
    return Statements.any(
        tree,
        node ->
            node.path("class").asText().equals("STAR")
                || node.path("type").asText().equals("SHOW_REF")
                || (Statements.isColumn(node)
                    && (Statements.columnName(node).equals("tags")
                        || tables.contains(Statements.columnName(node)))));
  }

  /** Names and aliases of everything in a FROM, lower case. */
  private static Set<String> tableNames(JsonNode node) {
    Set<String> names = new TreeSet<>();
    collectTableNames(node, names);
    return names;
  }

  private static void collectTableNames(JsonNode node, Set<String> names) {
    if (node.has("table_name")) {
      names.add(node.path("table_name").asText().toLowerCase(Locale.ROOT));
    }
    if (node.has("sample") && node.has("alias")) {
      names.add(node.path("alias").asText().toLowerCase(Locale.ROOT));
    }
    node.forEach(child -> collectTableNames(child, names));
  }

  /** Empty views of the same columns, to describe a statement without its parameters. */
  public void planEmpty(JsonNode tree, Set<String> relations, Context context) throws SQLException {
    List<String> tagColumns = tagColumns(tree, context.tagKeys());
    views.clear();
    reads.clear();
    views.want(SERIES, ViewSql.series(context.org(), tagColumns, Optional.empty()));
    views.want(METRICS, ViewSql.metrics(context.org()));
    for (String relation : relations) {
      if (relation.equals(POINTS) || TIERS.containsKey(relation)) {
        views.want(
            relation,
            ViewSql.points(
                new ViewSql.Shape(
                    relation,
                    context.org(),
                    true,
                    Optional.empty(),
                    Optional.empty(),
                    true,
                    tagColumns),
                List.of()));
      }
    }
    views.make();
  }

  private static List<Piece> pieces(String relation, PointsUse use, Context context) {
    if (TIERS.containsKey(relation)) {
      return Pieces.of(TIERS.get(relation), use.fromMs(), use.toMs());
    }
    if (use.resolution().isPresent() || context.resolution().isPresent()) {
      int asked =
          use.resolution().isPresent()
              ? use.resolution().getAsInt()
              : context.resolution().getAsInt();
      return Pieces.of(asked, use.fromMs(), use.toMs());
    }
    if (use.isTierFree()) {
      return Pieces.coarsest(
          use.stepSeconds(),
          use.fromMs(),
          use.toMs(),
          context.closedToMs(),
          context.version().keptFromMs());
    }
    return Pieces.of(byRange(use, context), use.fromMs(), use.toMs());
  }

  /** End of the last window, which may reach beyond the range in which windows start. */
  private static long endMs(List<Piece> pieces, long toMs) {
    return pieces.isEmpty() ? toMs : pieces.get(pieces.size() - 1).lastWindowEndMs();
  }

  /** What a screen can show: 10 s up to six hours, minutes up to a week, hours beyond. */
  private static int byRange(PointsUse use, Context context) {
    if (use.fromMs() == Long.MIN_VALUE) {
      return 10;
    }
    long lengthMs = Math.min(use.toMs(), context.closedToMs()) - use.fromMs();
    int tier = lengthMs <= SIX_HOURS_MS ? 10 : lengthMs <= WEEK_MS ? 60 : 3600;
    while (tier < 3600
        && use.fromMs() < context.version().keptFromMs().getOrDefault(tier, Long.MIN_VALUE)) {
      tier = tier == 10 ? 60 : 3600;
    }
    return tier;
  }

  /**
   * Tags that the statement names as columns. A name that it gives to something else is not one.
   */
  private static List<String> tagColumns(JsonNode tree, Map<String, String> tagKeys) {
    Set<String> named = new TreeSet<>();
    collectColumns(tree, named);
    if (Statements.any(tree, node -> node.path("ref_type").asText().equals("NATURAL"))) {
      named.addAll(tagKeys.keySet());
    }
    named.removeIf(
        name -> PointsColumns.isColumn(name) || SEEN.contains(name) || !tagKeys.containsKey(name));
    Set<String> given = new TreeSet<>();
    collectOtherAliases(tree, given);
    named.removeAll(given);
    return named.stream().map(tagKeys::get).toList();
  }

  private static void collectColumns(JsonNode node, Set<String> names) {
    if (Statements.isColumn(node)) {
      names.add(Statements.columnName(node));
    }
    node.path("using_columns").forEach(name -> names.add(name.asText().toLowerCase(Locale.ROOT)));
    node.forEach(child -> collectColumns(child, names));
  }

  /** Of SELECTs that could mean the tag by it: over other tables, it is another name. */
  private static void collectOtherAliases(JsonNode node, Set<String> names) {
    boolean isOfPoints = hasTags(node.path("from_table"));
    for (JsonNode item : isOfPoints ? node.path("select_list") : List.<JsonNode>of()) {
      String alias = item.path("alias").asText().toLowerCase(Locale.ROOT);
      boolean isSelf =
          Statements.any(
              item, part -> Statements.isColumn(part) && Statements.columnName(part).equals(alias));
      if (!alias.isEmpty() && !isSelf) {
        names.add(alias);
      }
    }
    node.forEach(child -> collectOtherAliases(child, names));
  }

  private static boolean hasTags(JsonNode from) {
    String table = from.path("table_name").asText().toLowerCase(Locale.ROOT);
    return table.equals(POINTS)
        || table.equals(SERIES)
        || TIERS.containsKey(table)
        || (from.path("type").asText().equals("JOIN")
            && (hasTags(from.path("left")) || hasTags(from.path("right"))));
  }
}
