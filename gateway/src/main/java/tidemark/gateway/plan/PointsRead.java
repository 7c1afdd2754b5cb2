package tidemark.gateway.plan;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import tidemark.gateway.StoredFile;
import tidemark.gateway.rules.RuleSpan;
import tidemark.gateway.tables.RollupFile;
import tidemark.state.definition.CoarserSeries;

/**
 * What one run of a statement reads of one relation with the columns of points: at first only the
 * files and hot rows that its rows come from, for a cache; on demand its view. Not thread-safe.
 */
final class PointsRead {
  private final Sources sources;
  private final ViewSql.Shape shape; // without series ids
  private final PointsUse use;
  private final List<PartFiles> parts = new ArrayList<>();
  private final Planner.Context context;
  private final List<String> lines = new ArrayList<>();
  private final Set<Integer> hotParts = new HashSet<>();
  private String hot; // null until asked for

  /** What a session's statements share. */
  record Sources(
      Connection connection,
      Statements statements,
      ScanPlanner scanner,
      Function<List<StoredFile>, List<Path>> fetch) {}

  private record PartFiles(Part part, ChosenSeries series, List<StoredFile> files) {
    Piece piece() {
      return part.piece();
    }
  }

  PointsRead(
      Sources sources,
      ViewSql.Shape shape,
      PointsUse use,
      List<Part> parts,
      Planner.Context context) {
    this.sources = sources;
    this.shape = shape;
    this.use = use;
    this.context = context;
    Map<Optional<String>, ChosenSeries> chosen = new LinkedHashMap<>();
    for (Part part : parts) {
      ChosenSeries series =
          chosen.computeIfAbsent(
              part.rule().map(span -> span.rule().name()), rule -> chosenBy(part.rule()));
      this.parts.add(new PartFiles(part, series, files(part.piece(), series)));
    }
  }

  private ChosenSeries chosenBy(Optional<RuleSpan> rule) {
    ViewSql.Shape stored =
        rule.isEmpty()
            ? shape
            : shape.as(List.of(CoarserSeries.ofRule(metric(), rule.get().rule().name())), metric());
    return new ChosenSeries(sources, stored, use, context);
  }

  /** The only metric asked for: rules stand in for no others. */
  private String metric() {
    return use.metrics().orElseThrow().get(0);
  }

  private List<StoredFile> files(Piece piece, ChosenSeries series) {
    return context.version().rollups().getOrDefault(piece.tierSeconds(), List.of()).stream()
        .filter(file -> file.mayHold(piece.fromMs(), piece.toMs()) && series.mayBeIn(file))
        .map(RollupFile::file)
        .toList();
  }

  String relation() {
    return shape.name();
  }

  /** Names all files and hot rows that the relation's rows come from. */
  String inputs() throws SQLException {
    StringBuilder inputs = new StringBuilder();
    for (PartFiles part : parts) {
      inputs.append(part.piece()).append(part.part().rule().map(RuleSpan::title).orElse(""));
      part.files().forEach(file -> inputs.append(' ').append(file.location()));
    }
    return inputs.append(hot()).toString();
  }

  /** SQL that makes the view. */
  String view() throws SQLException {
    lines.clear();
    List<PieceRows> rows = new ArrayList<>();
    Set<ChosenSeries> used = new LinkedHashSet<>();
    boolean isScanned = true;
    for (int i = 0; i < parts.size(); i++) {
      PartFiles part = parts.get(i);
      boolean hasHot = !hot().isEmpty() && hotParts.contains(i);
      Optional<String> scan = Optional.empty();
      if (hasHot || !part.files().isEmpty()) {
        used.add(part.series());
        List<Path> paths = part.files().isEmpty() ? List.of() : sources.fetch().apply(part.files());
        scan = scan(part, paths);
        isScanned &= paths.isEmpty() || scan.isPresent();
        ViewSql.Shape of = part.series().shape();
        Optional<String> stored =
            paths.isEmpty() || scan.isPresent()
                ? scan
                : Optional.of(ViewSql.stored(of, part.piece(), paths));
        rows.add(
            new PieceRows(part.piece(), of, stored, hasHot ? context.hot().ranges() : List.of()));
      }
      lines.add(line(part, scan.isPresent()));
    }
    List<ChosenSeries> series = used.isEmpty() ? List.of(first()) : List.copyOf(used);
    lines.add(0, head(series));
    return ViewSql.points(shapeOf(series, isScanned && hot().isEmpty()), rows);
  }

  private ChosenSeries first() {
    return parts.isEmpty() ? chosenBy(Optional.empty()) : parts.get(0).series();
  }

  private Optional<String> scan(PartFiles part, List<Path> paths) throws SQLException {
    return paths.isEmpty() || part.series().groups().isEmpty()
        ? Optional.empty()
        : sources
            .scanner()
            .rows(part.series().groups().get(), use, part.series().shape(), part.piece(), paths);
  }

  /**
   * How all rows are shown.
   *
   * @param isWhole whether no row is there in parts
   */
  private ViewSql.Shape shapeOf(List<ChosenSeries> series, boolean isWhole) throws SQLException {
    Optional<List<Long>> ids = Optional.of(new ArrayList<>());
    List<String> metrics = new ArrayList<>();
    for (ChosenSeries each : series) {
      Optional<List<Long>> own = isWhole ? each.members() : each.ids();
      ids = own.isEmpty() ? Optional.empty() : ids;
      ids.ifPresent(all -> all.addAll(own.get()));
      each.metrics().ifPresent(metrics::addAll);
    }
    boolean isAnyCoarser = parts.stream().anyMatch(part -> part.part().rule().isPresent());
    ViewSql.Shape all = isAnyCoarser ? shape.as(metrics, metric()) : shape;
    return isWhole ? all.merged(ids) : all.of(ids);
  }

  /** What the view reads, for people. */
  List<String> lines() {
    return lines;
  }

  private String head(List<ChosenSeries> series) throws SQLException {
    long ids = 0;
    boolean isAll = false;
    for (ChosenSeries each : series) {
      isAll |= each.ids().isEmpty();
      ids += each.ids().map(List::size).orElse(0);
    }
    return "%s: %s rows, %s, %s"
        .formatted(
            relation(),
            use.isMergeable() ? "partial" : "merged",
            use.metrics().map(names -> names.size() + " metrics").orElse("all metrics"),
            isAll ? "all series" : ids + " series");
  }

  private String line(PartFiles part, boolean isScanned) {
    return "  %d s windows from %s to %s%s, %d files%s, hot rows of %d tasks"
        .formatted(
            part.piece().tierSeconds(),
            shown(part.piece().fromMs()),
            shown(part.piece().toMs()),
            part.part().rule().map(span -> " of rule " + span.title()).orElse(""),
            part.files().size(),
            isScanned ? " merged while they are read" : "",
            context.hot().ranges().size());
  }

  private static String shown(long ms) {
    return ms == Long.MIN_VALUE || ms == Long.MAX_VALUE
        ? "any time"
        : Instant.ofEpochMilli(ms).toString();
  }

  /**
   * How many hot rows the parts have, empty if none: rows of one table and writer are only ever
   * added.
   */
  private String hot() throws SQLException {
    if (hot == null) {
      hot = context.hot().ranges().isEmpty() ? "" : countHot();
    }
    return hot;
  }

  private String countHot() throws SQLException {
    List<PieceRows> rows = new ArrayList<>();
    for (PartFiles part : parts) {
      rows.add(
          new PieceRows(
              part.piece(), part.series().shape(), Optional.empty(), context.hot().ranges()));
    }
    StringBuilder counts = new StringBuilder();
    try (Statement statement = sources.connection().createStatement();
        ResultSet row = statement.executeQuery(ViewSql.hotCounts(rows))) {
      while (row.next()) {
        if (row.getLong(3) > 0) {
          hotParts.add(row.getInt(1));
          counts.append(' ').append(row.getString(2)).append('=').append(row.getLong(3));
        }
      }
    }
    return counts.toString();
  }
}
