package tidemark.jobs;

import java.io.IOException;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import tidemark.serde.catalog.CatalogAddress;
import tidemark.serde.catalog.IcebergThreads;
import tidemark.serde.catalog.ReplayBranch;
import tidemark.serde.catalog.TableCatalog;

/** Removes the branch of a replay, where the tables can be reached; may be repeated. */
final class RemoveBranch extends RichMapFunction<Long, String> {
  private static final long serialVersionUID = 1L;

  private final CatalogAddress address;
  private final String branch;

  RemoveBranch(CatalogAddress address, String branch) {
    this.address = address;
    this.branch = branch;
  }

  @Override
  public void open(OpenContext context) {
    IcebergThreads.endWithJob(getRuntimeContext());
  }

  @Override
  public String map(Long tick) throws IOException {
    try (TableCatalog catalog = new TableCatalog(address)) {
      boolean isOurs = ReplayBranch.origin(catalog.rollups(), branch).isPresent();
      if (!isOurs && catalog.rollups().refs().containsKey(branch)) {
        throw new SuppressRestartsException(
            new IllegalArgumentException(
                "branch %s was made by no replay, so it is not removed".formatted(branch)));
      }
      ReplayBranch.remove(catalog, branch);
    }
    return branch;
  }
}
