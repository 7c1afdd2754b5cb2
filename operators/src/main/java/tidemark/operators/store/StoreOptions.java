package tidemark.operators.store;

import java.time.Duration;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.iceberg.SnapshotRef;

/** Settings of the store. Read them through {@link StoreConfig}, not one by one. */
public final class StoreOptions {

  /** What to do when a job without restored state finds commits of another lineage. */
  public enum OnExisting {
    /** Do not start: its windows may overlap with what is stored. */
    REFUSE,
    /** Start a new lineage behind the head; the user vouches for where its input begins. */
    APPEND
  }

  public static final ConfigOption<String> WAREHOUSE =
      ConfigOptions.key("tidemark.store.warehouse")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "Folder of the tables, s3:// or file://. A job that continues must keep it.");

  public static final ConfigOption<String> CATALOG_URI =
      ConfigOptions.key("tidemark.store.catalog-uri")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "JDBC address of the catalog, such as jdbc:sqlite:/var/lib/tidemark/catalog.db. Its"
                  + " driver must be on the cluster's own class path. Can change between runs if the"
                  + " catalog moved.");

  public static final ConfigOption<String> CATALOG_NAME =
      ConfigOptions.key("tidemark.store.catalog-name")
          .stringType()
          .defaultValue("tidemark")
          .withDescription(
              "Name under which the tables stand in the catalog. A job that continues must keep it.");

  public static final ConfigOption<MemorySize> BUFFER =
      ConfigOptions.key("tidemark.store.buffer")
          .memoryType()
          .defaultValue(MemorySize.ofMebiBytes(128))
          .withDescription(
              "Heap in which one writer collects and sorts the rows of an epoch. A partition that takes"
                  + " a quarter of it becomes a file before the barrier, between batches of input; a"
                  + " full one holds the input back. Less of it means more files, same rows. Can change"
                  + " between runs.");

  public static final ConfigOption<String> BRANCH =
      ConfigOptions.key("tidemark.store.branch")
          .stringType()
          .defaultValue(SnapshotRef.MAIN_BRANCH)
          .withDescription(
              "Branch of the tables that a job without restored state commits to. One other than main"
                  + " must be there already. A restored job stays on the branch that it was on.");

  public static final ConfigOption<OnExisting> ON_EXISTING =
      ConfigOptions.key("tidemark.store.on-existing")
          .enumType(OnExisting.class)
          .defaultValue(OnExisting.REFUSE)
          .withDescription(
              "What a job without restored state does when the tables hold commits of another lineage:"
                  + " refuse to start, or append. Can change between runs.");

  public static final ConfigOption<String> ON_AHEAD =
      ConfigOptions.key("tidemark.store.on-ahead")
          .stringType()
          .defaultValue("refuse")
          .withDescription(
              "What a job does whose savepoint is older than the tables: refuse to start; rollback,"
                  + " which sets the branch back to the savepoint's epoch and goes on from there; or"
                  + " branch=NAME, which leaves the branch alone and goes on from that epoch on a new"
                  + " one. Acts at the start of a job only, never when Flink restarts one by itself.");

  public static final ConfigOption<Duration> RETRY_FOR =
      ConfigOptions.key("tidemark.store.retry-for")
          .durationType()
          .defaultValue(Duration.ofMinutes(2))
          .withDescription(
              "How long a writer tries a file again that the object store did not take, with pauses"
                  + " of 0.2 s to 10 s, before the job restarts from its last checkpoint. Input waits"
                  + " meanwhile. Can change between runs.");

  private StoreOptions() {}
}
