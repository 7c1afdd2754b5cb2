package tidemark.gateway.users;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UsersTest {
  private static final String SECRET =
      "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$"
          + "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=";

  @TempDir private Path directory;
  private Path path;
  private final AtomicLong nanoTime = new AtomicLong(Long.MAX_VALUE - 5);

  @BeforeEach
  void name() {
    path = directory.resolve("users.json");
  }

  private Users open() {
    return Users.open(path, UserLimits.DEFAULT, nanoTime::get);
  }

  private void write(String text) throws IOException {
    Files.deleteIfExists(path);
    Files.createFile(
        path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(path, text, StandardOpenOption.WRITE);
  }

  private static String entry(String rest) {
    return "{\"users\": {\"alice\": {\"org\": \"shop\", \"secret\": \""
        + SECRET
        + "\""
        + rest
        + "}}}";
  }

  private void aSecondPasses() {
    nanoTime.addAndGet(Duration.ofSeconds(1).toNanos());
  }

  @Test
  void addedUsersAreFoundAndNobodyElseReadsTheFile() throws IOException {
    Users.add(path, "alice", "shop", "pencil");
    Users.add(path, "bob/~", "bank", "eraser");
    Users users = open();

    assertThat(users.find("alice").orElseThrow().org()).isEqualTo("shop");
    assertThat(users.find("alice").orElseThrow().verifier().proves("pencil")).isTrue();
    assertThat(users.find("bob/~").orElseThrow().verifier().proves("pencil")).isFalse();
    assertThat(users.find("carol")).isEmpty();
    assertThat(users.count()).isEqualTo(2);
    assertThat(Files.getPosixFilePermissions(path))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    assertThat(Files.readString(path)).doesNotContain("pencil").doesNotContain("eraser");
  }

  @Test
  void limitsComeFromTheEntryAndElseFromTheDefaults() throws IOException {
    write(entry(", \"limits\": {\"max_rows\": 7, \"statement_timeout_ms\": 1500}"));
    UserLimits defaults = new UserLimits(1, 2, 3, Duration.ofSeconds(4), 0.5);

    assertThat(Users.open(path, defaults).find("alice").orElseThrow().limits())
        .isEqualTo(new UserLimits(1, 2, 7, Duration.ofMillis(1500), 0.5));
    write(entry(", \"limits\": {\"max_sessions\": 4, \"max_queries\": 5, \"memory_share\": 1}"));
    assertThat(Users.open(path, defaults).find("alice").orElseThrow().limits())
        .isEqualTo(new UserLimits(4, 5, 3, Duration.ofSeconds(4), 1));
    write(entry(""));
    assertThat(Users.open(path, defaults).find("alice").orElseThrow().limits()).isEqualTo(defaults);
  }

  @Test
  void limitsThatWereGivenAreReadAgain() {
    UserLimits limits = new UserLimits(1, 2, 3, Duration.ofMillis(4), 0.5);
    Users.add(path, "alice", "shop", "pencil", limits);

    assertThat(open().find("alice").orElseThrow().limits()).isEqualTo(limits);
  }

  @Test
  void aChangeIsSeenAfterASecondAndNotBefore() {
    Users.add(path, "alice", "shop", "pencil");
    Users users = open();
    Users.add(path, "bob", "bank", "eraser");

    assertThat(users.find("bob")).isEmpty();
    aSecondPasses();
    assertThat(users.find("bob")).isPresent();

    Users.changePassword(path, "bob", "ruler");
    Users.remove(path, "alice");
    aSecondPasses();
    assertThat(users.find("alice")).isEmpty();
    assertThat(users.find("bob").orElseThrow().verifier().proves("ruler")).isTrue();
    assertThat(users.find("bob").orElseThrow().org()).isEqualTo("bank");
  }

  @Test
  void aBrokenFileKeepsTheLastGoodOneAndIsTold() throws IOException {
    Users.add(path, "alice", "shop", "pencil");
    Users users = open();
    assertThat(users.problem()).isEmpty();

    write("{\"users\": {\"alice\": {\"org\": \"bank\", \"sec");
    aSecondPasses();
    assertThat(users.find("alice").orElseThrow().org()).isEqualTo("shop");
    assertThat(users.problem().orElseThrow())
        .startsWith("the file of users is not JSON, at line 1 column");

    Files.delete(path);
    aSecondPasses();
    assertThat(users.find("alice")).isPresent();
    assertThat(users.problem().orElseThrow()).startsWith("the file of users cannot be read");

    write(entry(""));
    aSecondPasses();
    assertThat(users.problem()).isEmpty();
    assertThat(users.find("alice").orElseThrow().verifier().proves("pencil")).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "rw-r--r--, OTHERS_READ",
    "rw-----w-, OTHERS_WRITE",
    "rw--w----, GROUP_WRITE",
    "rwxr-x--x, OTHERS_EXECUTE"
  })
  void aFileThatIsOpenToOthersIsRefused(String mode, String found) throws IOException {
    Users.add(path, "alice", "shop", "pencil");
    Users users = open();
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));

    assertThatThrownBy(this::open)
        .isInstanceOf(UsersException.class)
        .hasMessage(
            "the file of users holds secrets and must not be open to others, found ["
                + found
                + "]: chmod 600 "
                + path);
    aSecondPasses();
    assertThat(users.problem().orElseThrow()).contains("chmod 600");
    assertThat(users.find("alice")).isPresent();
    assertThatThrownBy(() -> Users.add(path, "bob", "bank", "x"))
        .isInstanceOf(UsersException.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[]|the file of users must be {\"users\": {...}}",
        "{\"users\": []}|the file of users must be {\"users\": {...}}",
        "{\"users\": {}, \"user\": 1}|the file must have no other keys than users, got user",
        "{\"users\": {\"a\": 1}}|user a must be an object",
        "{\"users\": {\"a\": {}}}|user a must have a text org",
        "{\"users\": {\"a\": {\"org\": \"o\"}}}|user a must have a text secret",
        "{\"users\": {\"a\": {\"org\": \"o\", \"secret\": \"hunter2\"}}}|user a: a secret must be"
            + " SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey",
        "{\"users\": {\"a\": {\"org\": \"o\", \"password\": \"x\"}}}|user a must have no other keys"
            + " than org, secret, limits, got password",
      })
  void malformedFilesAreRefused(String text, String message) throws IOException {
    write(text);

    assertThatThrownBy(this::open).isInstanceOf(UsersException.class).hasMessage(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"max_row\": 1|limits of user alice must have no other keys than max_sessions,"
            + " max_queries, max_rows, statement_timeout_ms, memory_share, got max_row",
        "\"max_rows\": 0|user alice: max_rows must be at least 1, got 0",
        "\"max_rows\": \"5\"|user alice: max_rows must be a whole number up to 9223372036854775807,"
            + " got \"5\"",
        "\"max_sessions\": 3000000000|user alice: max_sessions must be a whole number up to"
            + " 2147483647, got 3000000000",
        "\"memory_share\": 1.5|user alice: memory_share must be above 0 and at most 1, got 1.5",
        "\"memory_share\": null|user alice: memory_share must be a number, got null",
        "\"max_queries\": 1.5|user alice: max_queries must be a whole number up to 2147483647, got"
            + " 1.5",
      })
  void malformedLimitsAreRefused(String limits, String message) throws IOException {
    write(entry(", \"limits\": {" + limits + "}"));

    assertThatThrownBy(this::open).isInstanceOf(UsersException.class).hasMessage(message);
  }

  @Test
  void aNameCountsOnce() throws IOException {
    write("{\"users\": {\"a\": {}, \"a\": {}}}");

    assertThatThrownBy(this::open).hasMessageContaining("keys may appear once");
    Files.delete(path);
    Users.add(path, "alice", "shop", "pencil");
    assertThatThrownBy(() -> Users.add(path, "alice", "bank", "x"))
        .hasMessage("there is a user alice already");
    assertThatThrownBy(() -> Users.remove(path, "bob")).hasMessage("there is no user bob");
    assertThatThrownBy(() -> Users.changePassword(path, "bob", "x"))
        .hasMessage("there is no user bob");
    assertThatThrownBy(() -> Users.add(path, "a:b", "shop", "x"))
        .hasMessageContaining("without colon");
    assertThatThrownBy(() -> Users.add(path, "bob", "", "x")).hasMessageContaining("org of user");
    assertThatThrownBy(() -> Users.add(path, "bob", "shop", ""))
        .hasMessageContaining("must not be empty");
    assertThat(open().count()).isEqualTo(1);
  }

  @Test
  void manyAddAtOnceAndAReaderSeesWholeFilesOnly() throws Exception {
    Users.add(path, "first", "shop", "x");
    int threads = 8;
    int each = 5;
    AtomicBoolean isOver = new AtomicBoolean();
    ExecutorService executor = Executors.newFixedThreadPool(threads + 1);
    try {
      Future<Integer> reads =
          executor.submit(
              () -> {
                int count = 0;
                while (!isOver.get()) {
                  assertThat(UsersFile.read(path, UserLimits.DEFAULT)).containsKey("first");
                  count++;
                }
                return count;
              });
      List<Future<?>> adds = new ArrayList<>();
      for (int thread = 0; thread < threads; thread++) {
        String prefix = "user-" + thread + "-";
        adds.add(
            executor.submit(
                () -> {
                  for (int i = 0; i < each; i++) {
                    Users.add(path, prefix + i, "shop", "x");
                  }
                }));
      }
      for (Future<?> add : adds) {
        add.get();
      }
      isOver.set(true);
      assertThat(reads.get()).isPositive();
    } finally {
      executor.shutdownNow();
    }
    assertThat(open().count()).isEqualTo(1 + threads * each);
    try (Stream<Path> left = Files.list(directory)) {
      assertThat(left.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("users.json", "users.json.lock");
    }
  }

  @Test
  void aFileBehindALinkIsReplacedAndTheLinkStays() throws IOException {
    Path real = Files.createDirectory(directory.resolve("real")).resolve("u.json");
    Users.add(real, "alice", "shop", "pencil");
    Files.createSymbolicLink(path, real);
    Users.add(path, "bob", "bank", "eraser");

    assertThat(Files.isSymbolicLink(path)).isTrue();
    assertThat(UsersFile.read(real, UserLimits.DEFAULT)).containsOnlyKeys("alice", "bob");
  }
}
