package tidemark.operators.rules;

import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.MemorySize;

/** Settings of the rules stage. Read them through {@link RulesConfig}, not one by one. */
public final class RulesOptions {
  public static final ConfigOption<Integer> MAX_ENTRIES =
      ConfigOptions.key("tidemark.rules.max-entries")
          .intType()
          .defaultValue(1 << 15)
          .withDescription(
              "Rows of coarser series and monitors that a task gathers before it sends them on. With"
                  + " fewer than it has of them, a coarser series costs more than one row a window"
                  + " behind the shuffle. About 90 bytes each, and their sketches. Can change between"
                  + " runs.");

  public static final ConfigOption<Integer> MAX_CACHED_SERIES =
      ConfigOptions.key("tidemark.rules.max-cached-series")
          .intType()
          .defaultValue(1_000_000)
          .withDescription(
              "Finer series of which a task remembers where they go, and the places where they go,"
                  + " one for each rule and monitor that takes them: about 40 bytes each, and 300 for"
                  + " each coarser series. When they are more, it forgets them and looks their tags up"
                  + " in its state again. Can change between runs.");

  public static final ConfigOption<MemorySize> MEMORY =
      ConfigOptions.key("tidemark.rules.memory")
          .memoryType()
          .defaultValue(MemorySize.ofMebiBytes(64))
          .withDescription(
              "Heap that the open windows of coarser series may take for one tier in one task, like"
                  + " tidemark.rollup.memory for the others. Can change between runs.");

  private RulesOptions() {}
}
