package tidemark.operators.rollup;

import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.MemorySize;

/** Settings of rolling up, for each tier alike. Read them through {@link RollupConfig}. */
public final class RollupOptions {
  public static final ConfigOption<MemorySize> MEMORY =
      ConfigOptions.key("tidemark.rollup.memory")
          .memoryType()
          .defaultValue(MemorySize.ofMebiBytes(128))
          .withDescription(
              "Heap that the open windows of one tier may take in one task. What exceeds it goes to"
                  + " RocksDB as runs, which are read once, when their window closes. Can change"
                  + " between runs.");

  public static final ConfigOption<Integer> MAX_OPEN_WINDOWS =
      ConfigOptions.key("tidemark.rollup.max-open-windows")
          .intType()
          .defaultValue(50_000)
          .withDescription(
              "Pairs of key group and window that one task keeps open for one tier. When late points"
                  + " open more, late windows are written at once instead of at the next watermark:"
                  + " more rows, same result. Can change between runs.");

  public static final ConfigOption<MemorySize> BATCH_SIZE =
      ConfigOptions.key("tidemark.rollup.batch-size")
          .memoryType()
          .defaultValue(MemorySize.ofMebiBytes(1).divide(16))
          .withDescription("Bytes of a batch of closed rows. Can change between runs.");

  private RollupOptions() {}
}
