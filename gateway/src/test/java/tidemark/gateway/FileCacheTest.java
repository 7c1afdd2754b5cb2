package tidemark.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileCacheTest {
  private static final int SIZE = 100;

  @TempDir private Path directory;
  private final ManualClock clock = new ManualClock();
  private final Objects objects = new Objects();

  @Test
  void anObjectIsDownloadedOnce() throws IOException {
    FileCache cache = cache(1000);
    Path copy = cache.fetch("s3://b/x", SIZE);

    assertThat(Files.readAllBytes(copy)).isEqualTo(objects.read("s3://b/x"));
    assertThat(cache.fetch("s3://b/x", SIZE)).isEqualTo(copy);
    assertThat(cache(1000).fetch("s3://b/x", SIZE)).isEqualTo(copy);
    assertThat(objects.downloads).containsExactly("s3://b/x");
  }

  @Test
  void aDamagedCopyIsReplaced() throws IOException {
    Path copy = cache(1000).fetch("s3://b/x", SIZE);
    Files.write(copy, new byte[7]);

    assertThat(Files.size(cache(1000).fetch("s3://b/x", SIZE))).isEqualTo(SIZE);
  }

  @Test
  void anObjectOfAnotherSizeIsRefusedAndLeavesNothing() throws IOException {
    assertThatThrownBy(() -> cache(1000).fetch("s3://b/x", SIZE + 1))
        .isInstanceOf(GatewayException.class)
        .hasMessage("s3://b/x must have 101 bytes, got 100");
    try (var files = Files.list(directory)) {
      assertThat(files).isEmpty();
    }
  }

  @Test
  void theLeastRecentlyUsedGoFirst() {
    FileCache before = cache(250);
    Path oldest = before.fetch("s3://b/1", SIZE);
    clock.advance(Duration.ofMinutes(1));
    Path older = before.fetch("s3://b/2", SIZE);
    clock.advance(Duration.ofMinutes(1));
    before.fetch("s3://b/1", SIZE);
    clock.advance(Duration.ofHours(1));

    FileCache cache = cache(250);
    Path newest = cache.fetch("s3://b/3", SIZE);
    cache.shrink();

    assertThat(older).doesNotExist();
    assertThat(oldest).exists();
    assertThat(newest).exists();
  }

  @Test
  void copiesInUseStayHoweverFullTheCacheIs() {
    FileCache mine = cache(1);
    Path handedOut = mine.fetch("s3://b/1", SIZE);
    clock.advance(Duration.ofHours(1));
    Path another = cache(1).fetch("s3://b/2", SIZE);
    mine.shrink();

    assertThat(handedOut).exists();
    assertThat(another).exists();

    clock.advance(FileCache.IN_USE.plusSeconds(1));
    mine.shrink();
    assertThat(handedOut).exists();
    assertThat(another).doesNotExist();
  }

  @Test
  void copiesThatWereLetGoMayGoWhenNobodyUsesThem() {
    FileCache mine = cache(1);
    Path copy = mine.fetch("s3://b/1", SIZE);
    mine.letGo();
    mine.shrink();
    assertThat(copy).exists();

    clock.advance(FileCache.IN_USE.plusSeconds(1));
    mine.shrink();
    assertThat(copy).doesNotExist();
  }

  private FileCache cache(long limitBytes) {
    return new FileCache(directory, limitBytes, objects, clock);
  }

  /** Every location holds {@link #SIZE} bytes made of its last character. */
  private static final class Objects implements ObjectSource {
    private final List<String> downloads = new ArrayList<>();

    @Override
    public void download(String location, Path target) {
      downloads.add(location);
      try {
        Files.write(target, read(location));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public byte[] read(String location) {
      byte[] bytes = new byte[SIZE];
      Arrays.fill(bytes, (byte) location.charAt(location.length() - 1));
      return bytes;
    }

    @Override
    public void close() {}
  }

  private static final class ManualClock extends Clock {
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    void advance(Duration by) {
      now = now.plus(by);
    }

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      throw new UnsupportedOperationException("always UTC");
    }
  }
}
