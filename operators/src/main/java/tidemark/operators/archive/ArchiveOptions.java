package tidemark.operators.archive;

import java.time.Duration;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.MemorySize;

/** Settings of the archive. Read them through {@link ArchiveConfig}, not one by one. */
public final class ArchiveOptions {
  public static final ConfigOption<String> FOLDER =
      ConfigOptions.key("tidemark.archive.folder")
          .stringType()
          .defaultValue("")
          .withDescription(
              "Folder of the archive's files, s3:// or file://; empty for one named archive in the"
                  + " warehouse. The manifest names each file in full, so it can change between runs.");

  public static final ConfigOption<Duration> INTERVAL =
      ConfigOptions.key("tidemark.archive.interval")
          .durationType()
          .defaultValue(Duration.ofMinutes(10))
          .withDescription(
              "Time between checkpoints, each of which makes a set of files visible. Longer: fewer,"
                  + " larger files; what Kafka must still have when the job is stopped grows with it."
                  + " Can change between runs.");

  public static final ConfigOption<MemorySize> FILE_SIZE =
      ConfigOptions.key("tidemark.archive.file-size")
          .memoryType()
          .defaultValue(MemorySize.ofMebiBytes(1024))
          .withDescription(
              "A file that has this size is sent and another begun. A task takes up to five times as"
                  + " much of the task manager's temporary folder, and 64 mb each. Can change between"
                  + " runs.");

  public static final ConfigOption<Duration> RETRY_FOR =
      ConfigOptions.key("tidemark.archive.retry-for")
          .durationType()
          .defaultValue(Duration.ofMinutes(5))
          .withDescription(
              "How long a file is sent again that the object store did not take, with pauses of 0.2 s"
                  + " to 20 s, before the job restarts from its last checkpoint. Input waits once two"
                  + " files are sent and two wait. Can change between runs.");

  private ArchiveOptions() {}
}
