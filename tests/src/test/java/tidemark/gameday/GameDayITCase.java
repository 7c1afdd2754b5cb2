package tidemark.gameday;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Game days, shortened; the whole of them are for {@code ./tidemark gameday}. */
class GameDayITCase {
  private static final long SEED = 7;
  private static final Path HOME = Path.of("..").toAbsolutePath().normalize();

  @TempDir private Path folder;

  @Test
  void killedTaskManagersAndAKilledJobManagerChangeNothing() throws InterruptedException {
    assertThat(new KillsGame(2, 1).play(options("kills"), HOME, System.out))
        .as("seed %d", SEED)
        .isTrue();
  }

  @Test
  void crashesLostAnswersAndLateCommitsChangeNothing() throws InterruptedException {
    assertThat(new CommitGame(1, 2).play(options("commit"), HOME, System.out))
        .as("seed %d", SEED)
        .isTrue();
  }

  @Test
  void changedRulesAStalledPartitionAndAKilledTaskManagerMakeNoVerdictFalse()
      throws InterruptedException {
    assertThat(new RulesGame(10, 1, 1, 15, 8).play(options("rules"), HOME, System.out))
        .as("seed %d", SEED)
        .isTrue();
  }

  @Test
  void aReplayOfWhatKafkaHasDroppedIsEqualToWhatWasSent() throws InterruptedException {
    assertThat(new ReplayGame(2, 1).play(options("replay"), HOME, System.out))
        .as("seed %d", SEED)
        .isTrue();
  }

  @Test
  void whatABugDidIsFoundReplayedAndReplacedAtOnce() throws InterruptedException {
    assertThat(new PublishGame(15).play(options("publish"), HOME, System.out))
        .as("seed %d", SEED)
        .isTrue();
  }

  private GameOptions options(String game) {
    return GameOptions.of(SEED, folder.resolve(game));
  }
}
