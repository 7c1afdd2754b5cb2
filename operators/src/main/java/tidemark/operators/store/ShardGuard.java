package tidemark.operators.store;

import java.io.Serializable;
import tidemark.state.selection.ShardShare;

/**
 * By what the store can tell that its job has counted another job's points.
 *
 * @param share what the job counts, by the version of the map that it was submitted with
 * @param catalogName name under which the map stands in the catalog
 * @param maxFutureMs how far a point may be ahead of its record's broker time
 */
public record ShardGuard(ShardShare share, String catalogName, long maxFutureMs)
    implements Serializable {
  /** Of a job that counts every point. */
  public static final ShardGuard NONE =
      new ShardGuard(ShardShare.ALL, StoreOptions.CATALOG_NAME.defaultValue(), 0);
}
