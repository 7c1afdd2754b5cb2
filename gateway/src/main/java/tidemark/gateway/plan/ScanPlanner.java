package tidemark.gateway.plan;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import tidemark.gateway.GatewayException;
import tidemark.gateway.scan.ScanRequest;
import tidemark.gateway.scan.ScanRequest.Others;
import tidemark.gateway.scan.Scans;
import tidemark.gateway.scan.SeriesGroups;
import tidemark.serde.table.StoredColumns;
import tidemark.state.MetricType;

/**
 * Decides which stored rows are merged before the engine sees them, and keeps those scans for as
 * long as the statement runs. One per session's connection, not thread-safe.
 */
final class ScanPlanner {
  /** More series than this are left to the engine. */
  private static final int MAX_SERIES = 200_000;

  private static final long DAY_SECONDS = 86_400;

  private final Connection connection;
  private final Statements statements;
  private final Scans scans;
  private final BooleanSupplier isCancelled;
  private final List<Scans.Scan> open = new ArrayList<>();
  private final List<Long> numbers = new ArrayList<>(); // of scans by their place in a statement

  ScanPlanner(
      Connection connection, Statements statements, Scans scans, BooleanSupplier isCancelled) {
    this.connection = connection;
    this.statements = statements;
    this.scans = scans;
    this.isCancelled = isCancelled;
  }

  /** Ends the scans of the statement before. */
  void release() {
    open.forEach(Scans.Scan::close);
    open.clear();
  }

  /** Merges the rows of all scans, before the engine asks for them. */
  void runAhead() throws SQLException {
    for (Scans.Scan scan : open) {
      scan.runAhead();
    }
  }

  /**
   * The series that the statement asks for, grouped by what it tells them by; empty if there are
   * too many, or if that cannot be told.
   *
   * @param metrics the only ones whose series count
   * @param series a relation of the org's series, with the tags that the statement names
   */
  Optional<SeriesGroups> groups(
      PointsUse use, Optional<List<String>> metrics, String series, Map<String, String> tagKeys)
      throws SQLException {
    if (use.named().isEmpty()) {
      return Optional.empty();
    }
    NamedColumns named = use.named().get();
    boolean isBySeries = !use.isMergeable() || named.namesSeries();
    List<String> keys = isBySeries ? List.of() : named.among(tagKeys.keySet());
    // texts are dear to fetch, a list of numbers is not
    String sql =
        statements.select("metric, type, list(series_id)", series, use.seriesConditions(), metrics);
    StringBuilder by = new StringBuilder(" GROUP BY metric, type");
    keys.forEach(key -> by.append(", ").append(ViewSql.identifier(tagKeys.get(key))));
    SeriesGroups.Builder groups = new SeriesGroups.Builder();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql + by)) {
      while (row.next() && groups.series() <= MAX_SERIES) {
        Object[] ids = (Object[]) row.getArray(3).getArray();
        MetricType type = MetricType.ofLabel(row.getString(2));
        if (isBySeries) {
          groups.addEach(row.getString(1), type, ids);
        } else {
          groups.addTogether(row.getString(1), type, ids);
        }
      }
    } catch (SQLException e) {
      // the statement itself meets the same trouble, and says so with its place
      return Optional.empty();
    }
    return groups.series() > MAX_SERIES ? Optional.empty() : Optional.of(groups.build());
  }

  /** SQL of a piece's stored rows, merged; empty if the engine is to read them itself. */
  Optional<String> rows(
      SeriesGroups groups, PointsUse use, ViewSql.Shape shape, Piece piece, List<Path> files) {
    try {
      Optional<List<StoredColumns>> columns = scans.open(files);
      if (columns.isEmpty()) {
        return Optional.empty();
      }
      ScanRequest request =
          new ScanRequest(
              shape.org(),
              shape.metrics(),
              shape.coarser(),
              groups,
              use.seriesConditions().isEmpty() ? Others.REFUSED : Others.LEFT_OUT,
              use.named().get().values(),
              piece.fromMs(),
              piece.toMs(),
              stepMs(use, piece),
              columns.get());
      Optional<Scans.Scan> scan =
          scans.plan(nextNumber(), request, piece.tierSeconds(), isCancelled);
      scan.ifPresent(open::add);
      return scan.map(Scans.Scan::sql);
    } catch (IOException e) {
      throw new GatewayException("a stored file cannot be opened: " + e.getMessage(), e);
    }
  }

  /** As many as the most scans that a statement had. */
  private long nextNumber() {
    if (numbers.size() == open.size()) {
      numbers.add(scans.newNumber());
    }
    return numbers.get(open.size());
  }

  /** Whatever rounds times to a step, at any time of day, rounds those of one such step alike. */
  private static long stepMs(PointsUse use, Piece piece) {
    return use.isTierFree()
        ? 1000L * gcd(use.stepSeconds(), use.stepSeconds() == 0 ? 0 : DAY_SECONDS)
        : 1000L * piece.tierSeconds();
  }

  private static long gcd(long a, long b) {
    return b == 0 ? a : gcd(b, a % b);
  }
}
