package tidemark.operators.store;

import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import org.apache.iceberg.Table;
import tidemark.serde.catalog.CatalogAddress;
import tidemark.serde.catalog.ShardClaims;
import tidemark.serde.catalog.ShardMaps;
import tidemark.serde.catalog.TableCatalog;
import tidemark.serde.partial.EpochReport;
import tidemark.state.selection.ShardMap;
import tidemark.state.selection.ShardNumbers;
import tidemark.state.selection.ShardShare;

/**
 * Sees to it that a job never commits points which the newest shard map gives to another one, nor
 * goes on after it has left out some that are its own.
 *
 * <p>A job counts by the version that it was submitted with. A later one gives it other points from
 * some event time on. No record holds a point that is further ahead of it than the job admits, so
 * what was read before that is the same by both; as soon as the job has read a record from which on
 * it might not be, it closes and commits no more epochs.
 */
final class ShardWatch implements AutoCloseable {
  private final ShardShare share;
  private final long maxFutureMs;
  private final String tables;
  private final CatalogAddress address;
  private Optional<TableCatalog> catalog = Optional.empty();
  private ShardMap newest;

  ShardWatch(StoreConfig config) {
    share = config.shards().share();
    maxFutureMs = config.shards().maxFutureMs();
    tables = config.catalogName();
    address =
        new CatalogAddress(config.catalogUri(), config.shards().catalogName(), config.warehouse());
    newest = share.map();
  }

  /**
   * Judges what was restored by the map of this job.
   *
   * @throws org.apache.flink.runtime.execution.SuppressRestartsException if the job must not start
   */
  EpochState begin(EpochState state) throws IOException {
    try (TableCatalog opened = new TableCatalog(address)) {
      requireClaim(opened.shardsIfThere(), state);
    }
    if (share.isAll()) {
      return state;
    }
    requireAllOfBefore(state);
    int known = Math.max(0, state.shardMoves());
    if (known > share.map().moves().size()) {
      throw EpochStart.refusal(
          "the restored state was counted by a shard map of %d moves, and this job was submitted with %d: submit it again, so that it reads the newest"
              .formatted(known, share.map().moves().size()));
    }
    ShardShare before = new ShardShare(share.map().before(known), share.shards());
    long differsMs = before.differsFromMs(share.map());
    if (mayHold(newestMs(state.totals()), differsMs)) {
      throw EpochStart.refusal(
          ("the restored state has read records of up to %s by an older shard map, and by version %d"
                  + " other points are this job's from %s on: resume from a savepoint or checkpoint"
                  + " of before %s")
              .formatted(
                  text(newestMs(state.totals())),
                  share.map().version(),
                  text(differsMs),
                  text(differsMs - maxFutureMs)));
    }
    return state.countedBy(share.map().moves().size());
  }

  /** The branch of the state decides: a restored job stays on it, whatever the settings say. */
  private void requireClaim(Optional<Table> shards, EpochState state) {
    ShardNumbers claimed =
        state.branch().equals(OnAhead.MAIN) && shards.isPresent()
            ? ShardClaims.all(shards.get()).get(tables)
            : null;
    ShardNumbers counted = share.isAll() ? null : share.shards();
    if (claimed != null && !claimed.equals(counted)) {
      throw EpochStart.refusal(
          "the tables of %s hold the points of shards %s, and this job would count those of %s: set tidemark.shards.served to the former"
              .formatted(tables, claimed, counted == null ? "all" : counted));
    }
    if (share.isAll() && state.shardMoves() != EpochState.NO_MAP) {
      throw EpochStart.refusal(
          "the restored state has counted the points of some shards, and this job would count those of all: set tidemark.shards.served to what it was");
    }
  }

  /** What a job without shards has counted lies in open windows, too. */
  private void requireAllOfBefore(EpochState state) {
    if (state.shardMoves() == EpochState.NO_MAP
        && state.totals().count(EpochReport.RECORDS_READ) > 0
        && !share.shards().containsAll(ShardNumbers.upTo(share.map().shards()).numbers())) {
      throw EpochStart.refusal(
          "the restored state has counted the points of all shards, so tidemark.shards.served must have 0-%d at least, got %s: move orgs to other shards from some time on"
              .formatted(share.map().shards() - 1, share.shards()));
    }
  }

  /** Of a state of an older format it is not known. */
  private static long newestMs(EpochReport totals) {
    return totals.newestMs() == Long.MIN_VALUE && totals.count(EpochReport.RECORDS_READ) > 0
        ? Long.MAX_VALUE
        : totals.newestMs();
  }

  private boolean mayHold(long newestMs, long differsMs) {
    return newestMs != Long.MIN_VALUE
        && differsMs != Long.MAX_VALUE
        && (differsMs < 0 || newestMs >= differsMs - maxFutureMs);
  }

  /**
   * Looks at the newest version.
   *
   * @param newestMs broker time of the newest record that is about to be committed
   * @throws SupersededException if it may hold points that are not this job's
   */
  void requireNewest(long newestMs) {
    if (share.isAll()) {
      return;
    }
    if (catalog.isEmpty()) {
      catalog = Optional.of(new TableCatalog(address));
    }
    newest = catalog.get().shardsIfThere().flatMap(ShardMaps::newest).orElse(newest);
    requireKnown(newestMs);
  }

  /** The same by the version that was seen last, without a look. */
  void requireKnown(long newestMs) {
    long differsMs = share.differsFromMs(newest);
    if (mayHold(newestMs, differsMs)) {
      throw new SupersededException(
          ("this job counts by version %d of the shard map and has read records of up to %s; by"
                  + " version %d other points are its own from %s on: submit it again from its last"
                  + " checkpoint, so that it reads the newest version")
              .formatted(share.map().version(), text(newestMs), newest.version(), text(differsMs)));
    }
  }

  private static String text(long ms) {
    return ms == Long.MAX_VALUE || ms < -1L << 50
        ? "any time"
        : Instant.ofEpochMilli(ms).toString();
  }

  @Override
  public void close() throws IOException {
    if (catalog.isPresent()) {
      TableCatalog closing = catalog.get();
      catalog = Optional.empty();
      closing.close();
    }
  }
}
