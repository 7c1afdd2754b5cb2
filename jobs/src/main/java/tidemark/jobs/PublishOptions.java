package tidemark.jobs;

import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import tidemark.operators.publish.PublishConfig;
import tidemark.operators.store.StoreOptions;

/** All options of the job that publishes a branch, and its command line. */
final class PublishOptions {
  static final ConfigOption<String> BRANCH =
      ConfigOptions.key("tidemark.publish.branch")
          .stringType()
          .noDefaultValue()
          .withDescription("Branch of a replay that is published, or was. Must be set.");

  static final ConfigOption<String> FROM =
      ConfigOptions.key("tidemark.publish.from")
          .stringType()
          .defaultValue("")
          .withDescription(
              "First full hour that is published, such as 2026-03-01T10:00:00Z; empty for all that"
                  + " was replayed.");

  static final ConfigOption<String> TO =
      ConfigOptions.key("tidemark.publish.to")
          .stringType()
          .defaultValue("")
          .withDescription("End of the hours that are published, exclusive.");

  static final ConfigOption<PublishConfig.Action> ACTION =
      ConfigOptions.key("tidemark.publish.action")
          .enumType(PublishConfig.Action.class)
          .defaultValue(PublishConfig.Action.PUBLISH)
          .withDescription(
              "publish: replace main's rows. dry-run: only say what would be replaced. undo: put"
                  + " the rows from before back. settle: end the time in which it can be undone, so"
                  + " that compaction is free again.");

  static final ConfigOption<String> REASON =
      ConfigOptions.key("tidemark.publish.reason")
          .stringType()
          .defaultValue("")
          .withDescription(
              "Why the branch is published without a comparison that has found no difference; kept"
                  + " in the commit. Empty: such a comparison is asked for.");

  static final ConfigOption<String> REPORT =
      ConfigOptions.key("tidemark.publish.report")
          .stringType()
          .noDefaultValue()
          .withDescription("Where the report goes, a JSON object. Must be set.");

  static final ConfigOption<Integer> WORKERS =
      ConfigOptions.key("tidemark.publish.workers")
          .intType()
          .defaultValue(1)
          .withDescription(
              "Tasks that write files again side by side, each of which takes a slot and up to 250"
                  + " mb of heap.");

  static final ConfigOption<MemorySize> TARGET_SIZE =
      ConfigOptions.key("tidemark.publish.target-size")
          .memoryType()
          .defaultValue(MemorySize.ofMebiBytes(256))
          .withDescription("Size at which a file that is written again ends.");

  static final List<ConfigOption<?>> ALL =
      List.of(
          StoreOptions.WAREHOUSE,
          StoreOptions.CATALOG_URI,
          StoreOptions.CATALOG_NAME,
          BRANCH,
          FROM,
          TO,
          ACTION,
          REASON,
          REPORT,
          WORKERS,
          TARGET_SIZE);

  private PublishOptions() {}

  /** Reads the command line; see {@link CommandLineOptions#parse}. */
  static Configuration parse(String[] args) {
    return CommandLineOptions.parse(ALL, args);
  }
}
