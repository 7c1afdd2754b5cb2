package tidemark.gateway.plan;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import tidemark.gateway.StoredFile;
import tidemark.gateway.scan.SeriesGroups;
import tidemark.gateway.tables.RollupFile;

/**
 * What one run of a statement reads of one relation with the columns of points: at first only the
 * files and hot rows that its rows come from, for a cache; on demand its view. Not thread-safe.
 */
final class PointsRead {
  /** More series than this are told apart by the join with their tags alone. */
  private static final int MAX_SERIES_IDS = 2_000;

  private final Sources sources;
  private final ViewSql.Shape shape; // without series ids
  private final PointsUse use;
  private final List<PieceFiles> pieces = new ArrayList<>();
  private final Planner.Context context;
  private final List<String> lines = new ArrayList<>();
  private String series;
  private Optional<SeriesGroups> groups; // null until asked for
  private Optional<List<Long>> ids; // null until asked for
  private String hot; // null until asked for

  /** What a session's statements share. */
  record Sources(
      Connection connection,
      Statements statements,
      ScanPlanner scanner,
      Function<List<StoredFile>, List<Path>> fetch) {}

  private record PieceFiles(Piece piece, List<StoredFile> files) {}

  PointsRead(
      Sources sources,
      ViewSql.Shape shape,
      PointsUse use,
      List<Piece> pieces,
      Planner.Context context) {
    this.sources = sources;
    this.shape = shape;
    this.use = use;
    this.context = context;
    for (Piece piece : pieces) {
      this.pieces.add(
          new PieceFiles(
              piece,
              context.version().rollups().getOrDefault(piece.tierSeconds(), List.of()).stream()
                  .filter(file -> mayHold(file, piece))
                  .map(RollupFile::file)
                  .toList()));
    }
  }

  private boolean mayHold(RollupFile file, Piece piece) {
    return file.mayHold(piece.fromMs(), piece.toMs())
        && file.mayHoldOrg(context.org())
        && (!file.minOrg().equals(file.maxOrg())
            || use.metrics().isEmpty()
            || use.metrics().get().stream().anyMatch(file::mayHoldMetric));
  }

  String relation() {
    return shape.name();
  }

  /** Names all files and hot rows that the relation's rows come from. */
  String inputs() throws SQLException {
    StringBuilder inputs = new StringBuilder();
    for (PieceFiles part : pieces) {
      inputs.append(part.piece());
      part.files().forEach(file -> inputs.append(' ').append(file.location()));
    }
    return inputs.append(hot()).toString();
  }

  /** SQL that makes the view. */
  String view() throws SQLException {
    lines.clear();
    List<PieceRows> rows = new ArrayList<>();
    boolean isScanned = true;
    for (PieceFiles part : pieces) {
      List<Path> paths = part.files().isEmpty() ? List.of() : sources.fetch().apply(part.files());
      Optional<String> scan =
          groups().isEmpty() || paths.isEmpty()
              ? Optional.empty()
              : sources.scanner().rows(groups().get(), use, part.piece(), paths, context.org());
      isScanned &= paths.isEmpty() || scan.isPresent();
      Optional<String> stored =
          paths.isEmpty() || scan.isPresent()
              ? scan
              : Optional.of(ViewSql.stored(shapeOfSeries(), part.piece(), paths));
      boolean hasHot = !hot().isEmpty();
      rows.add(new PieceRows(part.piece(), stored, hasHot ? context.hot().ranges() : List.of()));
      lines.add(line(part, scan.isPresent()));
    }
    lines.add(0, head());
    boolean isWhole = isScanned && hot().isEmpty(); // no row is there in parts
    return ViewSql.points(
        isWhole ? shapeOfSeries().merged(groups().flatMap(PointsRead::members)) : shapeOfSeries(),
        rows);
  }

  private static Optional<List<Long>> members(SeriesGroups found) {
    return Optional.of(found.memberIds()).filter(members -> members.size() <= MAX_SERIES_IDS);
  }

  /** What the view reads, for people. */
  List<String> lines() {
    return lines;
  }

  private String head() throws SQLException {
    return "%s: %s rows, %s, %s"
        .formatted(
            relation(),
            use.isMergeable() ? "partial" : "merged",
            use.metrics().map(names -> names.size() + " metrics").orElse("all metrics"),
            ids().map(found -> found.size() + " series").orElse("all series"));
  }

  private String line(PieceFiles part, boolean isScanned) {
    return "  %d s windows from %s to %s, %d files%s, hot rows of %d tasks"
        .formatted(
            part.piece().tierSeconds(),
            shown(part.piece().fromMs()),
            shown(part.piece().toMs()),
            part.files().size(),
            isScanned ? " merged while they are read" : "",
            context.hot().ranges().size());
  }

  private static String shown(long ms) {
    return ms == Long.MIN_VALUE || ms == Long.MAX_VALUE
        ? "any time"
        : Instant.ofEpochMilli(ms).toString();
  }

  // ---- series

  private ViewSql.Shape shapeOfSeries() throws SQLException {
    return shape.of(ids());
  }

  private String series() {
    if (series == null) {
      series =
          "(%s)".formatted(ViewSql.seriesRows(context.org(), shape.tagColumns(), use.metrics()));
    }
    return series;
  }

  private Optional<SeriesGroups> groups() throws SQLException {
    if (groups == null) {
      groups =
          context.reading() == Planner.Reading.MERGED
              ? sources.scanner().groups(use, series(), context.tagKeys())
              : Optional.empty();
    }
    return groups;
  }

  /** The only series asked for; empty if they are too many to list, or all. */
  private Optional<List<Long>> ids() throws SQLException {
    if (ids == null) {
      ids =
          use.seriesConditions().isEmpty()
              ? Optional.empty()
              : groups().isPresent() ? groups().map(SeriesGroups::ids) : readIds();
      ids = ids.filter(found -> found.size() <= MAX_SERIES_IDS);
    }
    return ids;
  }

  private Optional<List<Long>> readIds() throws SQLException {
    String sql =
        sources
            .statements()
            .select("DISTINCT series_id", series(), use.seriesConditions(), use.metrics());
    List<Long> found = new ArrayList<>();
    try (Statement statement = sources.connection().createStatement();
        ResultSet row = statement.executeQuery(sql + " LIMIT " + (MAX_SERIES_IDS + 1))) {
      while (row.next()) {
        found.add(row.getLong(1));
      }
    } catch (SQLException e) {
      // the statement itself meets the same trouble, and says so with its place
      return Optional.empty();
    }
    return Optional.of(found);
  }

  /**
   * How many hot rows the pieces have, empty if none: rows of one table and writer are only ever
   * added.
   */
  private String hot() throws SQLException {
    if (hot == null) {
      hot = context.hot().ranges().isEmpty() ? "" : countHot();
    }
    return hot;
  }

  private String countHot() throws SQLException {
    List<PieceRows> rows =
        pieces.stream()
            .map(part -> new PieceRows(part.piece(), Optional.empty(), context.hot().ranges()))
            .toList();
    StringBuilder counts = new StringBuilder();
    try (Statement statement = sources.connection().createStatement();
        ResultSet row = statement.executeQuery(ViewSql.hotCounts(shapeOfSeries(), rows))) {
      while (row.next()) {
        if (row.getLong(2) > 0) {
          counts.append(' ').append(row.getString(1)).append('=').append(row.getLong(2));
        }
      }
    }
    return counts.toString();
  }
}
