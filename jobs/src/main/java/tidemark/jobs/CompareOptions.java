package tidemark.jobs;

import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.iceberg.SnapshotRef;
import tidemark.operators.store.StoreOptions;

/** All options of the job that compares two branches, and its command line. */
final class CompareOptions {
  static final ConfigOption<String> BRANCH =
      ConfigOptions.key("tidemark.compare.branch")
          .stringType()
          .noDefaultValue()
          .withDescription("Branch of a replay that is compared. Must be set.");

  static final ConfigOption<String> WITH =
      ConfigOptions.key("tidemark.compare.with")
          .stringType()
          .defaultValue(SnapshotRef.MAIN_BRANCH)
          .withDescription(
              "What it is compared with: main, as it was at the replay's base, or the branch of"
                  + " another replay of the same base and selection.");

  static final ConfigOption<String> FROM =
      ConfigOptions.key("tidemark.compare.from")
          .stringType()
          .defaultValue("")
          .withDescription(
              "First full hour that is compared, such as 2026-03-01T10:00:00Z; empty for all that"
                  + " was replayed. A part is compared for looking, not for publishing.");

  static final ConfigOption<String> TO =
      ConfigOptions.key("tidemark.compare.to")
          .stringType()
          .defaultValue("")
          .withDescription("End of the hours that are compared, exclusive.");

  static final ConfigOption<Boolean> INCOMPLETE =
      ConfigOptions.key("tidemark.compare.incomplete")
          .booleanType()
          .defaultValue(false)
          .withDescription(
              "Compares a replay that has not ended, as far as it is. Not for publishing.");

  static final ConfigOption<String> REPORT =
      ConfigOptions.key("tidemark.compare.report")
          .stringType()
          .noDefaultValue()
          .withDescription("Where the report goes, a JSON object. Must be set.");

  static final ConfigOption<Integer> WORKERS =
      ConfigOptions.key("tidemark.compare.workers")
          .intType()
          .defaultValue(1)
          .withDescription(
              "Tasks that compare side by side, each of which takes a slot and up to twice"
                  + " tidemark.compare.memory of heap.");

  static final ConfigOption<MemorySize> MEMORY =
      ConfigOptions.key("tidemark.compare.memory")
          .memoryType()
          .defaultValue(MemorySize.ofMebiBytes(128))
          .withDescription(
              "Heap for the files that one task reads side by side. With less, more of them are"
                  + " folded first.");

  static final List<ConfigOption<?>> ALL =
      List.of(
          StoreOptions.WAREHOUSE,
          StoreOptions.CATALOG_URI,
          StoreOptions.CATALOG_NAME,
          BRANCH,
          WITH,
          FROM,
          TO,
          INCOMPLETE,
          REPORT,
          WORKERS,
          MEMORY);

  private CompareOptions() {}

  /** Reads the command line; see {@link CommandLineOptions#parse}. */
  static Configuration parse(String[] args) {
    return CommandLineOptions.parse(ALL, args);
  }
}
