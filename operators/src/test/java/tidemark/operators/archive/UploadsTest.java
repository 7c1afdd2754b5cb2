package tidemark.operators.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.metrics.ThreadSafeSimpleCounter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UploadsTest {
  @TempDir Path folder;
  private final ThreadSafeSimpleCounter retries = new ThreadSafeSimpleCounter();
  private int files;

  @BeforeEach
  void reset() {
    FaultyStore.reset();
  }

  private Uploads uploads(long retryForMs) {
    return new Uploads("faulty://" + folder.resolve("store"), retryForMs, retries);
  }

  private Path spool(int bytes) throws IOException {
    return Files.write(folder.resolve("spool" + files++), new byte[bytes]);
  }

  @Test
  void whatTheStoreDoesNotTakeIsSentAgainUnderAnotherName() throws IOException {
    try (Uploads uploads = uploads(60_000)) {
      FaultyStore.failNext(3);
      Path spool = spool(3_000_000);
      uploads.add(spool, "points", 7L, List.of());
      List<SealedFile> sent = uploads.awaitAll();
      assertThat(sent).hasSize(1);
      Path stored = Path.of(sent.get(0).location().substring("faulty://".length()));
      assertThat(sent.get(0).bytes()).isEqualTo(3_000_000).isEqualTo(Files.size(stored));
      assertThat(retries.getCount()).isEqualTo(3);
      assertThat(FaultyStore.files(folder.resolve("store")))
          .as("what was sent in vain is gone")
          .containsExactly(stored);
      assertThat(stored.getParent().getFileName()).hasToString("points");
      assertThat(stored.getParent().getParent().getFileName().toString()).matches("[0-9a-f]{4}");
      assertThat(spool).doesNotExist();
    }
  }

  @Test
  void aStoreThatTakesNothingFailsTheTask() throws IOException {
    try (Uploads uploads = uploads(0)) {
      FaultyStore.failNext(100);
      uploads.add(spool(10), "points", 7L, List.of());
      assertThatThrownBy(uploads::awaitAll)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("503 Slow Down");
    }
  }

  @Test
  void noMoreThanTwoAreSentAndTwoWait() throws Exception {
    ExecutorService task = Executors.newSingleThreadExecutor();
    try (Uploads uploads = uploads(60_000)) {
      FaultyStore.holdBack();
      for (int i = 0; i < Uploads.AT_ONCE + Uploads.WAITING; i++) {
        uploads.add(spool(10), "points", i, List.of());
      }
      Path fifth = spool(10);
      Future<?> adding =
          task.submit(
              () -> {
                uploads.add(fifth, "points", 4, List.of());
                return null;
              });
      assertThatThrownBy(() -> adding.get(300, TimeUnit.MILLISECONDS))
          .isInstanceOf(TimeoutException.class);
      FaultyStore.letGo();
      adding.get(1, TimeUnit.MINUTES);
      assertThat(uploads.awaitAll())
          .extracting(SealedFile::sealedAtMs)
          .containsExactly(0L, 1L, 2L, 3L, 4L);
      assertThat(FaultyStore.mostOpen()).isLessThanOrEqualTo(Uploads.AT_ONCE);
    } finally {
      task.shutdownNow();
    }
  }
}
