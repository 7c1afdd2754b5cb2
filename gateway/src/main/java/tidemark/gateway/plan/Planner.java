package tidemark.gateway.plan;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
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
import tidemark.gateway.scan.SeriesGroups;
import tidemark.gateway.tables.RollupFile;
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

  /** More series than this are told apart by the join with their tags alone. */
  private static final int MAX_SERIES_IDS = 2_000;

  private static final long SIX_HOURS_MS = 6 * 3_600_000L;
  private static final long WEEK_MS = 7 * 86_400_000L;

  private final Connection connection;
  private final Views views;
  private final Statements statements;
  private final Set<String> aggregates;
  private final Function<List<StoredFile>, List<Path>> fetch;
  private final ScanPlanner scanner;

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
    this.connection = connection;
    views = new Views(connection);
    statements = new Statements(parser);
    this.aggregates = aggregates;
    this.fetch = fetch;
    scanner = new ScanPlanner(connection, statements, scans, isCancelled);
  }

  /** Ends what the last plan holds, once its rows were read. */
  public void release() {
    scanner.release();
  }

  /**
   * What a statement is planned against.
   *
   * @param tagKeys of the org, by lower case
   * @param watermarkMs windows that end at or before it are closed and here
   * @param resolution asked for by the session, in seconds
   * @param reading how stored rows may be read
   */
  public record Context(
      String org,
      TableVersion version,
      HotView hot,
      long watermarkMs,
      Map<String, String> tagKeys,
      OptionalInt resolution,
      Reading reading) {

    /** The same with all rows read by the engine. */
    public Context byEngine() {
      return new Context(org, version, hot, watermarkMs, tagKeys, resolution, Reading.BY_ENGINE);
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
   * @param toMs end of the range asked for; {@link Long#MAX_VALUE} if it has none
   * @param lines what is read, for people
   */
  public record Plan(Optional<String> inputs, long toMs, List<String> lines) {
    public Plan {
      lines = List.copyOf(lines);
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
    List<String> lines = new ArrayList<>();
    long toMs = Long.MIN_VALUE;
    views.clear();
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
        points(relation, use, hasTags, tagColumns, context, inputs, lines);
        toMs = Math.max(toMs, use.toMs());
      }
    }
    boolean isOfSeries = relations.contains(SERIES) || relations.contains(METRICS);
    return new Plan(
        isOfSeries || toMs == Long.MIN_VALUE ? Optional.empty() : Optional.of(inputs.toString()),
        toMs == Long.MIN_VALUE ? Long.MAX_VALUE : toMs,
        lines);
  }

  private PointsUse read(JsonNode tree, String relation, Context context) {
    return new UseReader(statements, aggregates, context.tagKeys().keySet()).read(tree, relation);
  }

  /** Makes the views of what was planned last, as far as they are not there. */
  public void makeViews() throws SQLException {
    views.make();
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

  private void points(
      String relation,
      PointsUse use,
      boolean hasTags,
      List<String> tagColumns,
      Context context,
      StringBuilder inputs,
      List<String> lines)
      throws SQLException {
    List<Piece> pieces = pieces(relation, use, context);
    String series = "(%s)".formatted(ViewSql.seriesRows(context.org(), tagColumns, use.metrics()));
    Optional<SeriesGroups> groups =
        context.reading() == Reading.MERGED
            ? scanner.groups(use, series, context.tagKeys())
            : Optional.empty();
    Optional<List<Long>> ids = seriesIds(use, series, groups);
    ViewSql.Shape shape =
        new ViewSql.Shape(
            relation, context.org(), !use.isMergeable(), use.metrics(), ids, hasTags, tagColumns);
    List<PieceRows> rows = new ArrayList<>();
    List<String> pieceLines = new ArrayList<>();
    boolean isScanned = true;
    for (Piece piece : pieces) {
      List<StoredFile> files =
          context.version().rollups().getOrDefault(piece.tierSeconds(), List.of()).stream()
              .filter(file -> mayHold(file, piece, use, context.org()))
              .map(RollupFile::file)
              .toList();
      inputs.append(piece);
      files.forEach(file -> inputs.append(' ').append(file.location()));
      List<Path> paths = files.isEmpty() ? List.of() : fetch.apply(files);
      Optional<String> scan =
          groups.isEmpty() || paths.isEmpty()
              ? Optional.empty()
              : scanner.rows(groups.get(), use, piece, paths, context.org());
      isScanned &= paths.isEmpty() || scan.isPresent();
      Optional<String> stored =
          paths.isEmpty() || scan.isPresent()
              ? scan
              : Optional.of(ViewSql.stored(shape, piece, paths));
      rows.add(new PieceRows(piece, stored, context.hot().ranges()));
      pieceLines.add(
          "  %d s windows from %s to %s, %d files%s, hot rows of %d tasks"
              .formatted(
                  piece.tierSeconds(),
                  shown(piece.fromMs()),
                  shown(piece.toMs()),
                  files.size(),
                  scan.isPresent() ? " merged while they are read" : "",
                  context.hot().ranges().size()));
    }
    String hot = hot(shape, rows, context);
    inputs.append(hot);
    boolean isWhole = isScanned && hot.isEmpty(); // no row is there in parts
    lines.add(
        "%s: %s rows, %s, %s"
            .formatted(
                relation,
                use.isMergeable() ? "partial" : "merged",
                use.metrics().map(names -> names.size() + " metrics").orElse("all metrics"),
                ids.map(found -> found.size() + " series").orElse("all series")));
    lines.addAll(pieceLines);
    views.want(
        relation,
        ViewSql.points(
            isWhole ? shape.unmerged() : shape,
            hot.isEmpty() ? rows.stream().map(PieceRows::withoutHot).toList() : rows));
  }

  private static String shown(long ms) {
    return ms == Long.MIN_VALUE || ms == Long.MAX_VALUE
        ? "any time"
        : Instant.ofEpochMilli(ms).toString();
  }

  private static boolean mayHold(RollupFile file, Piece piece, PointsUse use, String org) {
    return file.mayHold(piece.fromMs(), piece.toMs())
        && file.mayHoldOrg(org)
        && (!file.minOrg().equals(file.maxOrg())
            || use.metrics().isEmpty()
            || use.metrics().get().stream().anyMatch(file::mayHoldMetric));
  }

  /**
   * How many hot rows the pieces have, empty if none: rows of one table and writer are only ever
   * added.
   */
  private String hot(ViewSql.Shape shape, List<PieceRows> rows, Context context)
      throws SQLException {
    if (context.hot().ranges().isEmpty()) {
      return "";
    }
    StringBuilder counts = new StringBuilder();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(ViewSql.hotCounts(shape, rows))) {
      while (row.next()) {
        if (row.getLong(2) > 0) {
          counts.append(' ').append(row.getString(1)).append('=').append(row.getLong(2));
        }
      }
    }
    return counts.toString();
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
          context.watermarkMs(),
          context.version().keptFromMs());
    }
    return Pieces.of(byRange(use, context), use.fromMs(), use.toMs());
  }

  /** What a screen can show: 10 s up to six hours, minutes up to a week, hours beyond. */
  private static int byRange(PointsUse use, Context context) {
    if (use.fromMs() == Long.MIN_VALUE) {
      return 10;
    }
    long lengthMs = Math.min(use.toMs(), context.watermarkMs()) - use.fromMs();
    int tier = lengthMs <= SIX_HOURS_MS ? 10 : lengthMs <= WEEK_MS ? 60 : 3600;
    while (tier < 3600
        && use.fromMs() < context.version().keptFromMs().getOrDefault(tier, Long.MIN_VALUE)) {
      tier = tier == 10 ? 60 : 3600;
    }
    return tier;
  }

  private Optional<List<Long>> seriesIds(
      PointsUse use, String series, Optional<SeriesGroups> groups) throws SQLException {
    if (use.seriesConditions().isEmpty()) {
      return Optional.empty();
    }
    if (groups.isPresent()) {
      return groups.map(SeriesGroups::ids).filter(ids -> ids.size() <= MAX_SERIES_IDS);
    }
    String sql =
        statements.select("DISTINCT series_id", series, use.seriesConditions(), use.metrics());
    List<Long> ids = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql + " LIMIT " + (MAX_SERIES_IDS + 1))) {
      while (row.next()) {
        ids.add(row.getLong(1));
      }
    } catch (SQLException e) {
      // the statement itself meets the same trouble, and says so with its place
      return Optional.empty();
    }
    return ids.size() > MAX_SERIES_IDS ? Optional.empty() : Optional.of(ids);
  }

  /**
   * Tags that the statement names as columns. A name that it gives to something else is not one.
   */
  private static List<String> tagColumns(JsonNode tree, Map<String, String> tagKeys) {
    Set<String> named = new TreeSet<>();
    collectColumns(tree, named);
    named.removeIf(name -> PointsColumns.isColumn(name) || !tagKeys.containsKey(name));
    Set<String> given = new TreeSet<>();
    collectOtherAliases(tree, given);
    named.removeAll(given);
    return named.stream().map(tagKeys::get).toList();
  }

  private static void collectColumns(JsonNode node, Set<String> names) {
    if (Statements.isColumn(node)) {
      names.add(Statements.columnName(node));
    }
    node.forEach(child -> collectColumns(child, names));
  }

  private static void collectOtherAliases(JsonNode node, Set<String> names) {
    for (JsonNode item : node.path("select_list")) {
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
}
