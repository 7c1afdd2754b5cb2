package tidemark.jobs;

import java.time.Duration;
import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;
import tidemark.operators.store.StoreOptions;
import tidemark.state.selection.ShardMap;

/** All options of the job that changes the shard map, and its command line. */
final class ShardMapOptions {
  /** What the job does. */
  enum Action {
    INIT,
    MOVE
  }

  static final ConfigOption<Action> ACTION =
      ConfigOptions.key("tidemark.shards.action")
          .enumType(Action.class)
          .noDefaultValue()
          .withDescription(
              "init makes the first version of the map; move makes the next, in which an org belongs"
                  + " to another shard from an event time on.");

  static final ConfigOption<Integer> COUNT =
      ConfigOptions.key("tidemark.shards.count")
          .intType()
          .defaultValue(ShardMap.DEFAULT_SHARDS)
          .withDescription("Shards among which orgs are spread, for init. Stays for ever.");

  static final ConfigOption<String> PLACE =
      ConfigOptions.key("tidemark.shards.place")
          .stringType()
          .defaultValue("")
          .withDescription(
              "Orgs that belong to a shard of one's choice from the beginning, for init, such as"
                  + " big=64,other=65.");

  static final ConfigOption<String> ORG =
      ConfigOptions.key("tidemark.shards.org")
          .stringType()
          .noDefaultValue()
          .withDescription("Org that moves.");

  static final ConfigOption<Integer> TO =
      ConfigOptions.key("tidemark.shards.to")
          .intType()
          .noDefaultValue()
          .withDescription("Shard that it moves to, 0 to 9999.");

  static final ConfigOption<String> AT =
      ConfigOptions.key("tidemark.shards.at")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "First event time that belongs to the new shard, such as 2026-11-24T10:00:00Z, a"
                  + " multiple of 10 s.");

  static final ConfigOption<Duration> LEAD =
      ConfigOptions.key("tidemark.shards.lead")
          .durationType()
          .defaultValue(Duration.ofMinutes(20))
          .withDescription(
              "How far ahead that time must be at least: the jobs of both shards must be submitted"
                  + " again before it by more than tidemark.admit.max-future.");

  static final ConfigOption<Boolean> UNCLAIMED =
      ConfigOptions.key("tidemark.shards.unclaimed")
          .booleanType()
          .defaultValue(false)
          .withDescription(
              "Whether an org may move to a shard that no job has: none counts its points then, as for"
                  + " an org that another system counts.");

  static final List<ConfigOption<?>> ALL =
      List.of(
          ACTION,
          COUNT,
          PLACE,
          ORG,
          TO,
          AT,
          LEAD,
          UNCLAIMED,
          ShardOptions.CATALOG_NAME,
          StoreOptions.WAREHOUSE,
          StoreOptions.CATALOG_URI);

  private ShardMapOptions() {}

  /** Reads the command line; see {@link CommandLineOptions#parse}. */
  static Configuration parse(String[] args) {
    return CommandLineOptions.parse(ALL, args);
  }
}
