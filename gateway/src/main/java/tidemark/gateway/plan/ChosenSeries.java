package tidemark.gateway.plan;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tidemark.gateway.scan.SeriesGroups;
import tidemark.gateway.tables.RollupFile;

/**
 * The series whose rows a part of a read is made of: those that the statement asks for, or the
 * coarser ones of a rule that stand in for them. Looked up when it is asked for them. Not
 * thread-safe.
 */
final class ChosenSeries {
  /** More series than this are told apart by the join with their tags alone. */
  private static final int MAX_SERIES_IDS = 2_000;

  private final PointsRead.Sources sources;
  private final ViewSql.Shape shape; // without series ids
  private final PointsUse use;
  private final Planner.Context context;
  private String series;
  private Optional<SeriesGroups> groups; // null until asked for
  private Optional<List<Long>> ids; // null until asked for

  /**
   * @param shape with the metrics that the rows have where they are stored
   */
  ChosenSeries(
      PointsRead.Sources sources, ViewSql.Shape shape, PointsUse use, Planner.Context context) {
    this.sources = sources;
    this.shape = shape;
    this.use = use;
    this.context = context;
  }

  Optional<List<String>> metrics() {
    return shape.metrics();
  }

  boolean mayBeIn(RollupFile file) {
    return file.mayHoldOrg(context.org())
        && (!file.minOrg().equals(file.maxOrg())
            || shape.metrics().isEmpty()
            || shape.metrics().get().stream().anyMatch(file::mayHoldMetric));
  }

  /** Which rows. */
  ViewSql.Shape shape() throws SQLException {
    return shape.of(ids());
  }

  /** Those that the statement does not tell apart, together; empty if that cannot be told. */
  Optional<SeriesGroups> groups() throws SQLException {
    if (groups == null) {
      groups =
          context.reading() == Planner.Reading.MERGED
              ? sources.scanner().groups(use, shape.metrics(), series(), context.tagKeys())
              : Optional.empty();
    }
    return groups;
  }

  /** The series that stand for a group; empty if they are too many to list. */
  Optional<List<Long>> members() throws SQLException {
    return groups().map(SeriesGroups::memberIds).filter(found -> found.size() <= MAX_SERIES_IDS);
  }

  /** The only series asked for; empty if they are too many to list, or all. */
  Optional<List<Long>> ids() throws SQLException {
    if (ids == null) {
      ids =
          use.seriesConditions().isEmpty()
              ? Optional.empty()
              : groups().isPresent() ? groups().map(SeriesGroups::ids) : readIds();
      ids = ids.filter(found -> found.size() <= MAX_SERIES_IDS);
    }
    return ids;
  }

  private String series() {
    if (series == null) {
      series =
          "(%s)"
              .formatted(
                  ViewSql.seriesRows(
                      context.org(), shape.tagColumns(), shape.metrics(), shape.coarser()));
    }
    return series;
  }

  private Optional<List<Long>> readIds() throws SQLException {
    String sql =
        sources
            .statements()
            .select("DISTINCT series_id", series(), use.seriesConditions(), shape.metrics());
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
}
