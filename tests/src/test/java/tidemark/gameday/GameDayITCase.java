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
    play(new KillsGame(2, 1), "kills");
  }

  @Test
  void crashesLostAnswersAndLateCommitsChangeNothing() throws InterruptedException {
    play(new CommitGame(1, 2), "commit");
  }

  @Test
  void changedRulesAStalledPartitionAndAKilledTaskManagerMakeNoVerdictFalse()
      throws InterruptedException {
    play(new RulesGame(10, 1, 1, 15, 8), "rules");
  }

  @Test
  void aReplayOfWhatKafkaHasDroppedIsEqualToWhatWasSent() throws InterruptedException {
    play(new ReplayGame(2, 1), "replay");
  }

  @Test
  void whatABugDidIsFoundReplayedAndReplacedAtOnce() throws InterruptedException {
    play(new PublishGame(15), "publish");
  }

  private void play(Game game, String name) throws InterruptedException {
    Journal journal = new Journal(System.out);
    boolean isGood = game.play(GameOptions.of(SEED, folder.resolve(name)), HOME, journal);
    assertThat(isGood).as("seed %d, found:%n%s", SEED, journal.faults()).isTrue();
  }
}
