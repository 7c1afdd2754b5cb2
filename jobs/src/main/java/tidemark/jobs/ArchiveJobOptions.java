package tidemark.jobs;

import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import tidemark.operators.archive.ArchiveOptions;
import tidemark.operators.decode.DecodeOptions;
import tidemark.operators.store.StoreOptions;

/** All options of the archive job, and its command line. */
final class ArchiveJobOptions {
  static final List<ConfigOption<?>> ALL =
      List.of(
          SourceOptions.BOOTSTRAP_SERVERS,
          SourceOptions.TOPIC,
          SourceOptions.GROUP_ID,
          SourceOptions.PARALLELISM,
          DecodeOptions.DEFAULT_FORMAT,
          DecodeOptions.MAX_RECORD_BYTES,
          StoreOptions.WAREHOUSE,
          StoreOptions.CATALOG_URI,
          StoreOptions.CATALOG_NAME,
          ShardOptions.SERVED,
          ShardOptions.CATALOG_NAME,
          ArchiveOptions.FOLDER,
          ArchiveOptions.INTERVAL,
          ArchiveOptions.FILE_SIZE,
          ArchiveOptions.RETRY_FOR);

  private ArchiveJobOptions() {}

  /** Reads the command line; see {@link CommandLineOptions#parse}. */
  static Configuration parse(String[] args) {
    return CommandLineOptions.parse(ALL, args);
  }
}
