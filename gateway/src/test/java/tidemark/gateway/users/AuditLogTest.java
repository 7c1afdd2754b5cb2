package tidemark.gateway.users;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tidemark.gateway.ask.Origin;

class AuditLogTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Instant TIME = Instant.parse("2026-03-01T12:00:00.123Z");
  private static final ObjectMapper MAPPER = new ObjectMapper();

  @TempDir private Path directory;
  private Path path;

  @BeforeEach
  void name() {
    path = directory.resolve("audit.log");
  }

  private static AuditLine line(String sql) {
    return line(sql, "shop");
  }

  private static AuditLine line(String sql, String org) {
    return new AuditLine(
        TIME,
        "alice",
        org,
        new Origin("http", "10.0.0.1", "curl/8"),
        sql,
        2,
        "42703",
        3,
        40,
        5,
        42,
        7);
  }

  private static void write(AuditLog log, AuditLine line) {
    try {
      log.reserve(LONG).orElseThrow().write(line);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aLineHoldsAllOfIt() throws IOException {
    try (AuditLog log = AuditLog.open(AuditConfig.at(path))) {
      write(log, line("SELECT 1"));
    }
    assertThat(Files.readString(path))
        .isEqualTo(
            "{\"time\":\"2026-03-01T12:00:00.123Z\",\"user\":\"alice\",\"org\":\"shop\","
                + "\"address\":\"10.0.0.1\",\"protocol\":\"http\",\"application\":\"curl/8\","
                + "\"sql\":\"SELECT 1\",\"parameters\":2,\"state\":\"42703\",\"rows\":3,\"bytes\":40,"
                + "\"ms\":5,\"epoch\":42,\"hot_rows\":7}\n");
    assertThat(Files.getPosixFilePermissions(path))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void noStatementLeavesItsLine() throws IOException {
    String nasty = "a\nb\r\u0000\u001b[2J\u007f\u0085\u2028\u202e\"\\ä😀\ud800";
    try (AuditLog log = AuditLog.open(AuditConfig.at(path))) {
      write(log, line(nasty));
    }
    byte[] bytes = Files.readAllBytes(path);
    for (int i = 0; i < bytes.length - 1; i++) {
      assertThat(bytes[i]).isBetween((byte) 0x20, (byte) 0x7e);
    }
    assertThat(bytes[bytes.length - 1]).isEqualTo((byte) '\n');
    assertThat(MAPPER.readTree(bytes).get("sql").textValue())
        .isEqualTo(nasty.replace('\ud800', '\ufffd'));
  }

  @Test
  void longStatementsAreCutBetweenCharacters() throws IOException {
    String sql = "x".repeat(AuditText.MAX_SQL_CHARS - 1) + "😀tail";
    try (AuditLog log = AuditLog.open(AuditConfig.at(path))) {
      write(log, line(sql));
    }
    JsonNode read = MAPPER.readTree(Files.readAllBytes(path));
    assertThat(read.get("sql").textValue()).isEqualTo("x".repeat(AuditText.MAX_SQL_CHARS - 1));
    assertThat(read.get("sql_chars").intValue()).isEqualTo(sql.length());
  }

  @Test
  void filesRollAndTheirNumberIsBounded() throws IOException {
    int lineBytes = AuditText.of(line("number 00")).length;
    try (AuditLog log = AuditLog.open(new AuditConfig(path, 10L * lineBytes, 3, 100))) {
      for (int i = 0; i < 45; i++) {
        write(log, line("number %02d".formatted(i)));
      }
    }
    assertThat(statements(path)).containsExactly(numbers(40, 45));
    assertThat(statements(directory.resolve("audit.log.1"))).containsExactly(numbers(30, 40));
    assertThat(statements(directory.resolve("audit.log.2"))).containsExactly(numbers(20, 30));
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).hasSize(3);
    }
  }

  private static String[] numbers(int from, int to) {
    return Stream.iterate(from, i -> i < to, i -> i + 1)
        .map("number %02d"::formatted)
        .toArray(String[]::new);
  }

  private static List<String> statements(Path file) throws IOException {
    List<String> statements = new ArrayList<>();
    for (String text : Files.readAllLines(file, StandardCharsets.US_ASCII)) {
      statements.add(MAPPER.readTree(text).get("sql").textValue());
    }
    return statements;
  }

  @Test
  void anotherStartGoesOnAndLeavesAHalfLineAlone() throws IOException {
    Files.writeString(path, "{\"time\":\"2026-");
    for (int start = 0; start < 2; start++) {
      try (AuditLog log = AuditLog.open(AuditConfig.at(path))) {
        write(log, line("start " + start));
        assertThatThrownBy(() -> AuditLog.open(AuditConfig.at(path)))
            .isInstanceOf(IOException.class)
            .hasMessageContaining("is written by this process already");
      }
    }
    List<String> lines = Files.readAllLines(path);
    assertThat(lines).hasSize(3);
    assertThat(lines.get(0)).isEqualTo("{\"time\":\"2026-");
    assertThat(lines.get(2)).contains("start 1");
  }

  @Test
  void nothingIsLostUnderSixteenThreadsAndEachKeepsItsOrder() throws Exception {
    int threads = 16;
    int each = 500;
    AuditConfig config = new AuditConfig(path, 100_000, 1000, 20);
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try (AuditLog log = AuditLog.open(config)) {
      List<Future<?>> writers = new ArrayList<>();
      for (int thread = 0; thread < threads; thread++) {
        String org = "org-" + thread;
        writers.add(
            executor.submit(
                () -> {
                  for (int i = 0; i < each; i++) {
                    write(log, line(Integer.toString(i), org));
                  }
                }));
      }
      for (Future<?> writer : writers) {
        writer.get();
      }
    } finally {
      executor.shutdownNow();
    }
    Map<String, Integer> next = new HashMap<>();
    int files = count(directory);
    assertThat(files).isGreaterThan(5);
    for (int number = files - 1; number >= 0; number--) {
      Path file = number == 0 ? path : directory.resolve("audit.log." + number);
      for (String text : Files.readAllLines(file)) {
        JsonNode read = MAPPER.readTree(text);
        int expected = next.merge(read.get("org").textValue(), 1, Integer::sum) - 1;
        assertThat(read.get("sql").textValue()).isEqualTo(Integer.toString(expected));
      }
    }
    assertThat(next).hasSize(threads);
    assertThat(next.values()).containsOnly(each);
  }

  private static int count(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return (int) files.count();
    }
  }

  /** A disk that is full until it is told otherwise. */
  private static final class FullDisk implements AuditLog.Target {
    private final List<String> written = new ArrayList<>();
    private final Semaphore room = new Semaphore(0);
    private final Semaphore refusals = new Semaphore(0);

    @Override
    public synchronized void write(byte[] line) throws IOException {
      if (!room.tryAcquire()) {
        refusals.release();
        throw new IOException("no space left on device");
      }
      written.add(new String(line, StandardCharsets.US_ASCII));
    }

    @Override
    public void close() {}
  }

  @Test
  void aFullDiskMakesQueriesWaitAndLosesNothing() throws Exception {
    FullDisk disk = new FullDisk();
    try (AuditLog log = new AuditLog(disk, 3)) {
      for (int i = 0; i < 3; i++) {
        write(log, line("number " + i));
      }
      disk.refusals.acquire();
      Until.holds("the problem is told", () -> log.problem().isPresent());
      assertThat(log.problem())
          .contains("the audit log cannot be written: no space left on device");
      assertThat(log.reserve(Duration.ofMillis(50))).isEmpty();

      disk.room.release(1000);
      AuditLog.Place place = log.reserve(LONG).orElseThrow();
      place.write(line("number 3"));
      assertThatThrownBy(place::giveBack).isInstanceOf(IllegalStateException.class);
      Until.holds("the problem is over", () -> log.problem().isEmpty());
    }
    assertThat(disk.written).hasSize(4);
    for (int i = 0; i < 4; i++) {
      assertThat(disk.written.get(i)).contains("number " + i);
    }
  }

  @Test
  void aPlaceThatIsGivenBackIsFree() throws Exception {
    try (AuditLog log = new AuditLog(new FullDisk(), 1)) {
      log.reserve(LONG).orElseThrow().giveBack();
      log.reserve(LONG).orElseThrow().giveBack();
      assertThat(log.waitingLines()).isZero();
    }
  }
}
