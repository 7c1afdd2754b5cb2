package tidemark.operators.compact;

import java.time.Duration;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.MemorySize;

/** Settings of compaction. Read them through {@link CompactConfig}, not one by one. */
public final class CompactOptions {

  /** How many files are worth folding. */
  public enum Effort {
    /** What the cost rule allows: bytes read and written stay in proportion to what arrived. */
    FRUGAL,
    /** Every file below the target size, whatever it costs. */
    FULL
  }

  public static final ConfigOption<Duration> INTERVAL =
      ConfigOptions.key("tidemark.compact.interval")
          .durationType()
          .defaultValue(Duration.ofMinutes(1))
          .withDescription(
              "How often compaction looks for files to fold. Shorter: fewer small files for"
                  + " readers, more commits and more reading of manifests. Can change between"
                  + " runs.");

  public static final ConfigOption<MemorySize> TARGET_SIZE =
      ConfigOptions.key("tidemark.compact.target-size")
          .memoryType()
          .defaultValue(MemorySize.ofMebiBytes(256))
          .withDescription(
              "Size at which a folded file ends and the next begins; 128 to 512 mb. Files of three"
                  + " quarters of it are left alone for good. Can change between runs.");

  public static final ConfigOption<MemorySize> MEMORY =
      ConfigOptions.key("tidemark.compact.memory")
          .memoryType()
          .defaultValue(MemorySize.ofMebiBytes(128))
          .withDescription(
              "Heap that one worker may take for the row groups of the files that it reads side by"
                  + " side; it takes up to 100 mb beside it. More files than fit are folded in"
                  + " rounds. Can change between runs.");

  public static final ConfigOption<Duration> GRACE =
      ConfigOptions.key("tidemark.compact.grace")
          .durationType()
          .defaultValue(Duration.ofMinutes(10))
          .withDescription(
              "How far the watermark must be past an hour or a day before its files are folded"
                  + " together even if there are only two. Can change between runs.");

  public static final ConfigOption<Duration> RETRY_AFTER =
      ConfigOptions.key("tidemark.compact.retry-after")
          .durationType()
          .defaultValue(Duration.ofMinutes(10))
          .withDescription(
              "After this long, files whose folding was planned and which are still there are"
                  + " planned again. Must be longer than folding the largest day takes, or that is"
                  + " done twice and the second result thrown away. Can change between runs.");

  public static final ConfigOption<Effort> EFFORT =
      ConfigOptions.key("tidemark.compact.effort")
          .enumType(Effort.class)
          .defaultValue(Effort.FRUGAL)
          .withDescription(
              "frugal: fold what the cost rule allows. full: fold every file below the target size,"
                  + " meant for a single pass. Can change between runs.");

  private CompactOptions() {}
}
