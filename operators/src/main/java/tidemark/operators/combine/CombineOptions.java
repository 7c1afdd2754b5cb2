package tidemark.operators.combine;

import java.time.Duration;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.MemorySize;

/** Settings of combining. Read them through {@link CombineConfig}, not one by one. */
public final class CombineOptions {
  public static final ConfigOption<Integer> MAX_ENTRIES =
      ConfigOptions.key("tidemark.combine.max-entries")
          .intType()
          .defaultValue(1 << 15)
          .withDescription(
              "Partial aggregates that a task holds before it sends them on. More combine better, but"
                  + " the table (90 bytes an entry) should stay in the CPU's cache. Can change"
                  + " between runs.");

  public static final ConfigOption<Duration> FLUSH_INTERVAL =
      ConfigOptions.key("tidemark.combine.flush-interval")
          .durationType()
          .defaultValue(Duration.ofSeconds(1))
          .withDescription(
              "How long a point waits at most for others of its series. Can change between runs.");

  public static final ConfigOption<MemorySize> BATCH_SIZE =
      ConfigOptions.key("tidemark.combine.batch-size")
          .memoryType()
          .defaultValue(MemorySize.ofMebiBytes(1).divide(32))
          .withDescription(
              "Bytes of a batch for one key group; a task keeps one batch per key group. Can change"
                  + " between runs.");

  private CombineOptions() {}
}
