package tidemark.jobs;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;
import tidemark.operators.feed.FeedOptions;
import tidemark.operators.store.StoreOptions;

/** All options of the shadow job, and its command line. */
final class ShadowOptions {
  /** What the job does. */
  enum Action {
    RUN,
    END
  }

  static final ConfigOption<String> BRANCH =
      ConfigOptions.key("tidemark.shadow.branch")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "Branch of the tables that the shadow writes: 1 to 64 of a-z, 0-9, - and _. It is made"
                  + " if it is not there. A job that continues must keep it.");

  static final ConfigOption<Action> ACTION =
      ConfigOptions.key("tidemark.shadow.action")
          .enumType(Action.class)
          .defaultValue(Action.RUN)
          .withDescription(
              "run: count beside the main job until it is stopped with a savepoint. end: go on from"
                  + " that savepoint up to the offsets of an epoch of main, which from then on is what"
                  + " the branch is compared with, and end.");

  static final ConfigOption<String> FROM =
      ConfigOptions.key("tidemark.shadow.from")
          .stringType()
          .defaultValue("")
          .withDescription(
              "First event time that is counted, such as 2026-11-22T10:00:00Z, a full hour. Empty: the"
                  + " next hour that begins behind main's watermark. A job that continues keeps the one"
                  + " that it has.");

  static final ConfigOption<Duration> WAIT_FOR =
      ConfigOptions.key("tidemark.shadow.wait-for")
          .durationType()
          .defaultValue(Duration.ofMinutes(10))
          .withDescription(
              "How long end waits until an epoch of main has read all that the shadow has. Can change"
                  + " between runs.");

  /** Of the main job what it would write to others, and where it begins and stores. */
  private static final Set<ConfigOption<?>> LEFT_OUT =
      Set.of(
          SourceOptions.START,
          SourceOptions.DEAD_LETTER_TOPIC,
          SourceOptions.DEAD_LETTER_MAX_BYTES,
          StoreOptions.BRANCH,
          StoreOptions.ON_EXISTING,
          StoreOptions.ON_AHEAD,
          FeedOptions.TOPIC,
          FeedOptions.BOOTSTRAP_SERVERS,
          VerdictOptions.VERDICTS_TOPIC,
          VerdictOptions.ALERTS_TOPIC);

  static final List<ConfigOption<?>> ALL = all();

  private ShadowOptions() {}

  private static List<ConfigOption<?>> all() {
    List<ConfigOption<?>> all = new ArrayList<>(List.of(BRANCH, ACTION, FROM, WAIT_FOR));
    MainOptions.ALL.stream().filter(option -> !LEFT_OUT.contains(option)).forEach(all::add);
    return List.copyOf(all);
  }

  /** Reads the command line; see {@link CommandLineOptions#parse}. */
  static Configuration parse(String[] args) {
    return CommandLineOptions.parse(ALL, args);
  }
}
