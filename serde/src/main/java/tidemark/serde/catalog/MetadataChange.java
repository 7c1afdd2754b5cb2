package tidemark.serde.catalog;

import java.util.Optional;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A change of a table's properties, branches and tags that is made to exactly the version that it
 * was decided on. Iceberg's own updates of these are made again, unseen, on whatever version is
 * there by then.
 */
public final class MetadataChange {
  private static final Logger LOG = LoggerFactory.getLogger(MetadataChange.class);
  private static final int RACES = 20;

  /** What a version of the table becomes. */
  public interface Change {
    /** Empty if nothing is to be done. May be asked several times. */
    Optional<TableMetadata> of(TableMetadata now);
  }

  private MetadataChange() {}

  /**
   * Commits it; the table is then as fresh as the commit.
   *
   * @return whether there was something to do
   * @throws CommitFailedException if others were faster again and again
   */
  public static boolean commit(Table table, Change change) {
    TableOperations operations = ((HasTableOperations) table).operations();
    for (int race = 0; race < RACES; race++) {
      TableMetadata now = operations.refresh();
      Optional<TableMetadata> next = change.of(now);
      if (next.isEmpty()) {
        return false;
      }
      try {
        operations.commit(now, next.get());
        table.refresh();
        return true;
      } catch (CommitFailedException e) {
        LOG.info("Table {} was changed meanwhile: {}", table.name(), e.getMessage());
      }
    }
    throw new CommitFailedException(
        "table %s was not changed in %s attempts, others commit too often", table.name(), RACES);
  }
}
