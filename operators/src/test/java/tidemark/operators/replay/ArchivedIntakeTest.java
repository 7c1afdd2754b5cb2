package tidemark.operators.replay;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.metrics.SimpleCounter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tidemark.operators.IntakeRecord;
import tidemark.serde.archive.ArchiveFilter;
import tidemark.serde.archive.ArchiveLimits;
import tidemark.serde.archive.ArchiveReader;
import tidemark.serde.archive.ArchiveWriter;
import tidemark.serde.archive.ArchivedRecord;
import tidemark.serde.archive.PayloadBuffer;
import tidemark.serde.archive.ReadBuffers;
import tidemark.serde.archive.RecordCursor;
import tidemark.serde.archive.RecordTimes;
import tidemark.serde.wire.Heartbeat;
import tidemark.serde.wire.IntakeHeaders;

class ArchivedIntakeTest {
  private static final int RECORDS = 20_000;
  private static final long TIME_MS = 1_700_000_000_000L;

  @TempDir Path folder;

  private static byte[] value(int index) {
    return index % 10 == 9
        ? Heartbeat.bytes(TIME_MS + index, 7)
        : "value %d".formatted(index).getBytes(StandardCharsets.UTF_8);
  }

  private static String format(int index) {
    return index % 10 == 9 ? IntakeHeaders.HEARTBEAT : index % 2 == 0 ? "native" : "otlp";
  }

  private Path write() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    RecordTimes times = new RecordTimes(1 << 20);
    try (ArchiveWriter writer = new ArchiveWriter(new ArchiveLimits(1 << 24, 1 << 20, 1))) {
      writer.start(bytes);
      PayloadBuffer payload = new PayloadBuffer();
      for (int i = 0; i < RECORDS; i++) {
        byte[] org = ("org" + i % 5).getBytes(StandardCharsets.UTF_8);
        byte[] format = format(i).getBytes(StandardCharsets.UTF_8);
        new ArchivedRecord(
                "points",
                0,
                i,
                TIME_MS + i,
                0,
                null,
                List.of(
                    new ArchivedRecord.Header(IntakeHeaders.ORG, org),
                    new ArchivedRecord.Header(IntakeHeaders.FORMAT, format)),
                value(i))
            .putTo(payload);
        times.read(format(i), "org" + i % 5, value(i));
        writer.append("points", 0, i, TIME_MS + i, payload, times);
      }
      var unused = writer.finish();
    }
    return Files.write(folder.resolve("one.tma"), bytes.toByteArray());
  }

  @Test
  void recordsComeAsTheyWereAndCostNoObjects() throws IOException {
    Path file = write();
    ArchivedIntake intake = new ArchivedIntake("native", "");
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    boolean[] seen = new boolean[RECORDS];
    try (ReadBuffers buffers = new ReadBuffers();
        StoreInput input =
            new StoreInput(file.toUri().toString(), Files.size(file), 0, new SimpleCounter());
        ArchiveReader reader = ArchiveReader.open(input, buffers)) {
      RecordCursor cursor = reader.read(ArchiveFilter.all());
      while (cursor.next()) {
        IntakeRecord record = intake.of(cursor);
        int index = (int) record.offset();
        seen[index] = true;
        assertThat(record.value()).isEqualTo(value(index));
        assertThat(record.format()).isEqualTo(format(index));
        assertThat(record.org()).isEqualTo("org" + index % 5);
        assertThat(record.brokerTimeMs()).isEqualTo(TIME_MS + index);
        assertThat(record.heartbeatMs())
            .isEqualTo(index % 10 == 9 ? TIME_MS + index : IntakeRecord.NO_HEARTBEAT);
      }
      assertThat(seen).doesNotContain(false);
      long bytesSeen = 0;
      RecordCursor again = reader.read(ArchiveFilter.all());
      long before = threads.getCurrentThreadAllocatedBytes();
      while (again.next()) {
        bytesSeen += intake.of(again).valueLength();
      }
      long allocated = threads.getCurrentThreadAllocatedBytes() - before;
      assertThat(bytesSeen).isPositive();
      assertThat(allocated).as("bytes for %s records", RECORDS).isLessThan(RECORDS * 2L);
    }
  }
}
