package tidemark.gateway;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import tidemark.gateway.AuditSql.Tiers;
import tidemark.serde.catalog.EpochLog;
import tidemark.serde.catalog.EpochMarker;
import tidemark.serde.table.EpochKeys;
import tidemark.serde.table.LedgerRows;
import tidemark.serde.table.RollupsTable;

/**
 * Proves, for one snapshot of a branch, that every point that was accepted is stored or in an open
 * window, that coarser tiers say what finer ones say, and that each epoch was committed once.
 * docs/design/007-ledger.md tells why that is enough.
 *
 * <p>Reads each file of the range once or twice, and only the columns that it compares.
 */
public final class Audit {
  /** Differences that a report tells; what follows from one fault may be thousands. */
  public static final int MAX_DIFFERENCES = 100;

  private static final int MAX_LOCATED = 10;
  private static final int TEN_SECONDS = 10;
  private static final int ONE_MINUTE = 60;
  private static final int ONE_HOUR = 3600;

  private final AuditRequest request;
  private final GatewayConfig config;
  private final FileAccess access;
  private final Table table;
  private final EpochMarker epoch;
  private final long watermarkMs;
  private final AuditFiles files;
  private final Map<Path, String> locations = new LinkedHashMap<>();
  private final List<AuditDifference> differences = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private long rows;

  private Audit(AuditRequest request, GatewayConfig config, FileAccess access, Table table) {
    this.request = request;
    this.config = config;
    this.access = access;
    this.table = table;
    Snapshot head = table.snapshot(request.branch());
    if (head == null) {
      throw new GatewayException("there is no branch %s yet".formatted(request.branch()));
    }
    files = new AuditFiles(table, head);
    epoch =
        EpochLog.nearest(EpochLog.ancestors(table, request.branch()))
            .orElseThrow(
                () -> new GatewayException("no job has committed to the tables: nothing to audit"));
    watermarkMs =
        Long.parseLong(epoch.summary().getOrDefault(EpochKeys.WATERMARK_MS, "" + Long.MIN_VALUE));
  }

  /**
   * Audits the newest snapshot, with the keys of {@link GatewayConfig}: uri, warehouse,
   * s3.endpoint, ...
   *
   * @throws GatewayException if there is no catalog, no table, no branch or no epoch yet
   */
  public static AuditReport run(Map<String, String> properties, AuditRequest request) {
    long startNanos = System.nanoTime();
    GatewayConfig config = GatewayConfig.from(properties);
    FileAccess access = new FileAccess(config);
    try (CatalogReader catalog = CatalogReader.open(config, access)) {
      return new Audit(request, config, access, catalog.load(RollupsTable.ID)).run(startNanos);
    }
  }

  private AuditReport run(long startNanos) {
    AuditChain chain = AuditChain.follow(EpochLog.ancestors(table, request.branch()));
    differences.addAll(chain.differences());
    long endMs = files.newestMs(LedgerRows.TIER).map(ms -> ms + LedgerRows.WINDOW_MS).orElse(0L);
    AuditRange range =
        AuditRange.of(request.from(), request.to(), Math.min(endMs, Math.max(0, endOfClosedMs())));
    AuditRange ledgerRange = kept(range, LedgerRows.TIER, TEN_SECONDS);
    AuditRange minuteRange = kept(range, TEN_SECONDS, ONE_MINUTE);
    AuditRange hourRange = kept(range.hours(), ONE_MINUTE, ONE_HOUR);
    List<String> statements = new ArrayList<>();
    statements.add(AuditSql.ledger(fetch(LedgerRows.TIER, ledgerRange), ledgerRange));
    AuditRange fineRange = range.since(Math.min(ledgerRange.fromMs(), minuteRange.fromMs()));
    statements.addAll(comparison("minutes", TEN_SECONDS, ONE_MINUTE, fineRange));
    statements.addAll(comparison("hours", ONE_MINUTE, ONE_HOUR, hourRange));
    try (QueryEngine engine =
        new QueryEngine(List.copyOf(locations.keySet()), statements, config.memoryLimit())) {
      AuditAccounts accounts = new AuditAccounts(engine, watermarkMs);
      differences.addAll(accounts.points(ledgerRange));
      differences.addAll(accounts.minutes(minuteRange));
      differences.addAll(accounts.hours());
      AuditReport.Counts counts = accounts.counts(chain.epochs(), locations.size(), rows);
      return report(range, counts, located(engine), startNanos);
    }
  }

  private AuditReport report(
      AuditRange range, AuditReport.Counts counts, List<AuditDifference> located, long startNanos) {
    return new AuditReport(
        AuditEpoch.of(epoch),
        watermarkMs,
        range.from(),
        range.to(),
        counts,
        located,
        notes,
        Duration.ofNanos(System.nanoTime() - startNanos));
  }

  private long endOfClosedMs() {
    return watermarkMs == Long.MAX_VALUE ? watermarkMs : watermarkMs + 1;
  }

  /** What of a range both tiers still hold. */
  private AuditRange kept(AuditRange range, int tier, int otherTier) {
    long keptMs = Math.max(files.keptFromMs(tier), files.keptFromMs(otherTier));
    if (keptMs > range.fromMs()) {
      notes.add(
          "%s and %s are compared from %s only: before that one of them was dropped by retention"
              .formatted(name(tier), name(otherTier), Instant.ofEpochMilli(keptMs)));
    }
    return range.since(keptMs);
  }

  private static String name(int tier) {
    return tier == LedgerRows.TIER ? "the ledger" : "the tier of " + tier + " s";
  }

  private List<String> comparison(String name, int fine, int coarse, AuditRange range) {
    long before = rows;
    List<Path> paths = new ArrayList<>(fetch(fine, range));
    paths.addAll(fetch(coarse, range));
    return AuditSql.comparison(
        name, new Tiers(fine, coarse, request.sketches()), paths, rows - before, range);
  }

  private List<Path> fetch(int tier, AuditRange range) {
    List<StoredFile> wanted = files.of(tier, range);
    List<Path> paths = access.fetchAll(wanted);
    for (int i = 0; i < wanted.size(); i++) {
      locations.put(paths.get(i).toAbsolutePath().normalize(), wanted.get(i).location());
      rows += wanted.get(i).rows();
    }
    return paths;
  }

  private List<AuditDifference> located(QueryEngine engine) {
    AuditOrigin origin = new AuditOrigin(engine, files, locations);
    List<AuditDifference> located = new ArrayList<>();
    for (AuditDifference difference :
        differences.subList(0, Math.min(MAX_DIFFERENCES, differences.size()))) {
      located.add(
          located.size() < MAX_LOCATED && difference.org().isPresent()
              ? origin.locate(difference)
              : difference);
    }
    if (differences.size() > MAX_DIFFERENCES) {
      notes.add("%d more differences are left out".formatted(differences.size() - MAX_DIFFERENCES));
    }
    return located;
  }
}
