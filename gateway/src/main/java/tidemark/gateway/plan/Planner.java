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
import tidemark.gateway.rules.KnownRules;
import tidemark.gateway.rules.RuleSpan;
import tidemark.gateway.scan.ScanRequest;
import tidemark.gateway.scan.Scans;
import tidemark.gateway.tables.TableVersion;
import tidemark.state.definition.CoarserSeries;

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

  private final Views views;
  private final Statements statements;
  private final Set<String> aggregates;
  private final PointsRead.Sources sources;
  private final List<PointsRead> reads = new ArrayList<>();
  private boolean mayReadNothing; // the statement planned last

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
   * @param rules of the org, whose series may stand in for finer ones
   * @param proofs shared by all sessions
   * @param coarser what is known of coarser series
   * @param reading how stored rows may be read
   */
  public record Context(
      String org,
      TableVersion version,
      HotView hot,
      long closedToMs,
      Map<String, String> tagKeys,
      OptionalInt resolution,
      KnownRules rules,
      Proofs proofs,
      Coarser coarser,
      Reading reading) {
    /** The same with all rows read by the engine. */
    public Context byEngine() {
      return new Context(
          org,
          version,
          hot,
          closedToMs,
          tagKeys,
          resolution,
          rules,
          proofs,
          coarser,
          Reading.BY_ENGINE);
    }
  }

  /** Whether an org has coarser series. */
  public enum Coarser {
    /** It has none. */
    NONE,
    /** It has some, which statements that name no metric must not see beside the finer ones. */
    SOME
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
   * @param rules whose series stand in for finer ones, by {@link RuleSpan#title}
   */
  public record Plan(Optional<String> inputs, long toMs, List<String> rules) {
    public Plan {
      rules = List.copyOf(rules);
    }
  }

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
    Set<String> rules = new TreeSet<>();
    mayReadNothing = Statements.mayReadNothing(tree);
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
                coarser(tree, context),
                Optional.empty(),
                Optional.empty(),
                hasTags,
                tagColumns);
        List<Part> parts = new Parts(relation, use, context).of(fitting(use, context));
        PointsRead read = new PointsRead(sources, shape, use, parts, context);
        inputs.append(read.inputs());
        reads.add(read);
        parts.forEach(part -> part.rule().ifPresent(span -> rules.add(span.title())));
        toMs = Math.max(toMs, endMs(parts, use.toMs()));
      }
    }
    boolean isUnsteady =
        relations.contains(SERIES) || relations.contains(METRICS) || Statements.hasSample(tree);
    return new Plan(
        isUnsteady || toMs == Long.MIN_VALUE ? Optional.empty() : Optional.of(inputs.toString()),
        toMs == Long.MIN_VALUE ? Long.MAX_VALUE : toMs,
        List.copyOf(rules));
  }

  private List<RuleSpan> fitting(PointsUse use, Context context) throws SQLException {
    return context.rules().spans().isEmpty()
        ? List.of()
        : new RuleChoice(sources.connection(), context).fitting(use);
  }

  /** Points of coarser series are those of finer ones again: they are shown to who names one. */
  private static ScanRequest.Coarser coarser(JsonNode tree, Context context) {
    return context.coarser() == Coarser.NONE || Statements.any(tree, Planner::namesCoarser)
        ? ScanRequest.Coarser.READ
        : ScanRequest.Coarser.LEFT_OUT;
  }

  /** A comparison of metrics, of whatever kind, with a text that has the mark in it. */
  private static boolean namesCoarser(JsonNode node) {
    boolean hasMetric = false;
    boolean hasMark = false;
    for (JsonNode below : node) {
      for (JsonNode part : below.isArray() ? below : List.of(below)) {
        hasMetric |= Statements.isColumn(part) && Statements.columnName(part).equals("metric");
        hasMark |= Statements.text(part).filter(CoarserSeries::isName).isPresent();
      }
    }
    return hasMetric && hasMark && !node.path("class").isMissingNode();
  }

  private PointsUse read(JsonNode tree, String relation, Context context) {
    return new UseReader(statements, aggregates, context.tagKeys()).read(tree, relation);
  }

  /** Makes the views of what was planned last, as far as they are not there. */
  public void makeViews() throws SQLException {
    for (PointsRead read : reads) {
      views.want(read.relation(), read.view());
    }
    views.make();
  }

  /**
   * Reads what the statement planned last will ask of stored rows, where the engine is sure to ask
   * for it.
   */
  public void readAhead() throws SQLException {
    if (!mayReadNothing) {
      sources.scanner().runAhead();
    }
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
                    ScanRequest.Coarser.READ,
                    Optional.empty(),
                    Optional.empty(),
                    true,
                    tagColumns),
                List.of()));
      }
    }
    views.make();
  }

  /** End of the last window, which may reach beyond the range in which windows start. */
  private static long endMs(List<Part> parts, long toMs) {
    return parts.isEmpty() ? toMs : parts.get(parts.size() - 1).piece().lastWindowEndMs();
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
