package tidemark.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.testutils.CommonTestUtils;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.iceberg.Table;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tidemark.serde.archive.ArchiveFilter;
import tidemark.serde.archive.ArchiveReader;
import tidemark.serde.archive.ArchivedRecord;
import tidemark.serde.archive.ReadBuffers;
import tidemark.serde.archive.RecordCursor;
import tidemark.serde.archive.SeekableInput;
import tidemark.serde.catalog.CatalogAddress;
import tidemark.serde.catalog.TableCatalog;
import tidemark.serde.manifest.ArchiveManifest;
import tidemark.serde.manifest.ArchivedRange;
import tidemark.state.selection.PointSelection;

/** The whole archive job on a real Kafka: every record that was sent stands in it, once. */
class ArchiveJobITCase {
  private static final String TOPIC = "points";
  private static final long SEED = 20261122;
  private static final Comparator<ArchivedRecord> ORDER =
      Comparator.comparingInt(ArchivedRecord::partition).thenComparingLong(ArchivedRecord::offset);

  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(2)
              .build());

  @TempDir Path folder;
  private final SentRecords sent = new SentRecords(SEED);

  @Test
  void everyRecordIsArchivedOnce() throws Exception {
    try (TestBroker broker = new TestBroker(Files.createDirectory(folder.resolve("kafka")))) {
      // the records say that they are of 1970, and Kafka looks for old ones after 30 s
      broker.createTopic(
          TOPIC,
          3,
          Map.of(
              "retention.ms", "-1", "max.message.bytes", Integer.toString(SentRecords.MAX_BYTES)));
      String servers = broker.bootstrapServers();
      sent.send(servers, TOPIC, 3, 400);
      JobClient job = start(servers, 2, "");
      await(job);
      sent.send(servers, TOPIC, 3, 400);
      await(job);
      assertThat(FailArchiveOnce.hasFailed()).isTrue();

      broker.addPartitions(TOPIC, 4);
      sent.send(servers, TOPIC, 4, 200);
      await(job);
      String savepoint = savepoint(job);
      sent.send(servers, TOPIC, 4, 200);
      job = start(servers, 1, savepoint);
      await(job);
      end(job);
      verify(Map.of());

      sent.send(servers, TOPIC, 4, 200);
      job = start(servers, 2, ""); // begins where the archive ends
      await(job);
      end(job);
      verify(Map.of());

      job = start(servers, 1, savepoint); // knows less than the archive
      sent.send(servers, TOPIC, 4, 80);
      await(job);
      end(job);
      verify(Map.of());

      SortedMap<Integer, Long> before = ends();
      sent.send(servers, TOPIC, 4, 200);
      long lostTo = before.get(1) + 10;
      dropBefore(servers, 1, lostTo);
      job = start(servers, 2, "");
      await(job);
      end(job);
      verify(Map.of(1, List.of(before.get(1), lostTo)));
    }
  }

  private JobClient start(String servers, int parallelism, String savepoint) throws Exception {
    Configuration settings = ArchiveJob.required();
    if (!savepoint.isEmpty()) {
      settings.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
    }
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(settings);
    env.setParallelism(parallelism);
    Map<String, String> options =
        Map.of(
            "tidemark.source.bootstrap-servers",
            servers,
            "tidemark.source.topic",
            TOPIC,
            "tidemark.store.warehouse",
            folder.resolve("warehouse").toUri().toString(),
            "tidemark.store.catalog-uri",
            "jdbc:sqlite:" + folder.resolve("catalog.db"),
            "tidemark.archive.interval",
            "1 s");
    ArchiveJob.build(env, Configuration.fromMap(options), FailArchiveOnce::behind);
    return env.executeAsync("tidemark archive");
  }

  private String savepoint(JobClient job) throws Exception {
    return job.stopWithSavepoint(
            false, folder.resolve("savepoints").toUri().toString(), SavepointFormatType.CANONICAL)
        .get();
  }

  private static void end(JobClient job) throws Exception {
    job.cancel().get();
    CommonTestUtils.waitUntilCondition(
        () -> job.getJobStatus().get().isGloballyTerminalState(), 50);
  }

  private static void dropBefore(String servers, int partition, long offset) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers))) {
      admin
          .deleteRecords(
              Map.of(new TopicPartition(TOPIC, partition), RecordsToDelete.beforeOffset(offset)))
          .all()
          .get();
    }
  }

  /** Until the archive has the last record of each partition. */
  private void await(JobClient job) throws Exception {
    Map<Integer, Long> last = new TreeMap<>();
    sent.all().forEach(record -> last.merge(record.partition(), record.offset(), Math::max));
    CommonTestUtils.waitUntilCondition(
        () -> {
          assertThat(job.getJobStatus().get().isGloballyTerminalState()).isFalse();
          SortedMap<Integer, Long> ends = ends();
          return last.entrySet().stream()
              .allMatch(each -> ends.getOrDefault(each.getKey(), 0L) > each.getValue());
        },
        100);
  }

  private TableCatalog catalog() {
    return new TableCatalog(
        new CatalogAddress(
            "jdbc:sqlite:" + folder.resolve("catalog.db"),
            "tidemark",
            "file://" + folder.resolve("warehouse")));
  }

  private SortedMap<Integer, Long> ends() throws IOException {
    try (TableCatalog catalog = catalog()) {
      return ArchiveManifest.ends(catalog.archive()).getOrDefault(TOPIC, new TreeMap<>());
    }
  }

  /**
   * @param gaps the only one of each partition, from and to
   */
  private void verify(Map<Integer, List<Long>> gaps) throws Exception {
    List<ArchivedRange> rows;
    try (TableCatalog catalog = catalog()) {
      Table table = catalog.archive();
      long snapshot = table.currentSnapshot().snapshotId();
      rows = ArchiveManifest.ranges(table, snapshot, PointSelection.ALL);
    }
    List<ArchivedRecord> found = new ArrayList<>();
    Map<Integer, Long> ends = new TreeMap<>();
    Map<Integer, List<Long>> foundGaps = new TreeMap<>();
    Set<Path> files = new HashSet<>();
    try (ReadBuffers buffers = new ReadBuffers()) {
      for (ArchivedRange row : rows) {
        assertThat(row.from()).isEqualTo(ends.getOrDefault(row.partition(), 0L));
        ends.put(row.partition(), row.to());
        if (row.kind() == ArchivedRange.Kind.GAP) {
          foundGaps.put(row.partition(), List.of(row.from(), row.to()));
          continue;
        }
        files.add(Path.of(URI.create(row.file())));
        var summary = row.summary();
        assertThat(summary)
            .isEqualTo(sent.summary(TOPIC, row.partition(), summary.from(), summary.to()));
        try (ArchiveReader reader = ArchiveReader.open(input(row), buffers)) {
          RecordCursor cursor =
              reader.read(
                  ArchiveFilter.all().partition(TOPIC, row.partition(), row.from(), row.to()));
          while (cursor.next()) {
            found.add(cursor.record());
          }
        }
      }
    }
    assertThat(foundGaps).as("rows %s", rows).isEqualTo(gaps);
    List<ArchivedRecord> wanted =
        sent.all().stream().filter(record -> !isIn(gaps, record)).sorted(ORDER).toList();
    found.sort(ORDER);
    assertThat(found).isEqualTo(wanted);
    assertThat(files()).containsAll(files); // more after a failure: those of unfinished epochs
  }

  private static boolean isIn(Map<Integer, List<Long>> gaps, ArchivedRecord record) {
    List<Long> gap = gaps.get(record.partition());
    return gap != null && record.offset() >= gap.get(0) && record.offset() < gap.get(1);
  }

  private Set<Path> files() throws IOException {
    try (Stream<Path> all = Files.walk(folder.resolve("warehouse/archive"))) {
      return new HashSet<>(all.filter(file -> file.toString().endsWith(".tma")).toList());
    }
  }

  private static SeekableInput input(ArchivedRange row) throws IOException {
    Path path = Path.of(URI.create(row.file()));
    assertThat(Files.size(path)).isEqualTo(row.fileBytes());
    RandomAccessFile file = new RandomAccessFile(path.toFile(), "r");
    return new SeekableInput() {
      @Override
      public String location() {
        return row.file();
      }

      @Override
      public long size() throws IOException {
        return file.length();
      }

      @Override
      public void readFully(long position, byte[] into, int start, int length) throws IOException {
        file.seek(position);
        file.readFully(into, start, length);
      }

      @Override
      public void close() throws IOException {
        file.close();
      }
    };
  }
}
