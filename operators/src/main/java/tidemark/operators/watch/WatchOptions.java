package tidemark.operators.watch;

import java.time.Duration;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.MemorySize;

/** Settings of the monitors. Read them through {@link WatchConfig}, not one by one. */
public final class WatchOptions {
  public static final ConfigOption<Duration> AMEND_FOR =
      ConfigOptions.key("tidemark.watch.amend-for")
          .durationType()
          .defaultValue(Duration.ofHours(1))
          .withDescription(
              "How far behind the watermark late points still amend a verdict. State holds each"
                  + " group's rows of 10 s for so long and a window more, and its verdicts; later"
                  + " points are counted. Can change between runs; a longer time takes effect as"
                  + " it passes.");

  public static final ConfigOption<Duration> LATE_AFTER =
      ConfigOptions.key("tidemark.watch.late-after")
          .durationType()
          .defaultValue(Duration.ofMinutes(5))
          .withDescription(
              "A verdict that comes so long after its window's end is marked late: it is of a"
                  + " backlog, or an amendment. Can change between runs.");

  public static final ConfigOption<Duration> INCOMPLETE_AFTER =
      ConfigOptions.key("tidemark.watch.incomplete-after")
          .durationType()
          .defaultValue(Duration.ofSeconds(10))
          .withDescription(
              "While a partition holds the watermark, a window that should have been complete so"
                  + " long ago gets a verdict that says it is not, and names the partition. Can"
                  + " change between runs.");

  public static final ConfigOption<MemorySize> BATCH_SIZE =
      ConfigOptions.key("tidemark.watch.batch-size")
          .memoryType()
          .defaultValue(MemorySize.ofMebiBytes(1).divide(16))
          .withDescription("Bytes of a batch of verdicts. Can change between runs.");

  private WatchOptions() {}
}
