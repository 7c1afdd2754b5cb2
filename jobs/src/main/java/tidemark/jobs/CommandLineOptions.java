package tidemark.jobs;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;

/** The command line of a job: pairs of {@code --key value}. */
final class CommandLineOptions {
  private CommandLineOptions() {}

  /**
   * Reads the command line.
   *
   * @param options those that the job has
   * @throws IllegalArgumentException if an argument is no pair of {@code --key value}, or names no
   *     option: a misspelt one must not be passed over
   */
  static Configuration parse(List<ConfigOption<?>> options, String[] args) {
    Set<String> known =
        options.stream().map(ConfigOption::key).collect(Collectors.toCollection(TreeSet::new));
    Map<String, String> values = new HashMap<>();
    for (int i = 0; i < args.length; i += 2) {
      if (!args[i].startsWith("--") || i + 1 == args.length) {
        throw new IllegalArgumentException(
            "arguments must be pairs of --key value, got %s at position %s"
                .formatted(args[i], i + 1));
      }
      String key = args[i].substring(2);
      if (!known.contains(key)) {
        throw new IllegalArgumentException(
            "there is no option %s; the options are %s".formatted(key, String.join(", ", known)));
      }
      values.put(key, args[i + 1]);
    }
    return Configuration.fromMap(values);
  }
}
