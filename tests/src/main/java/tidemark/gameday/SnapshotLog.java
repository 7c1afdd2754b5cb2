package tidemark.gameday;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the commits of a branch have said, though most of them expire before the end. Must look more
 * often than commits expire.
 */
final class SnapshotLog {
  private static final String MAINTENANCE = "tidemark.maintenance";

  private final Set<Long> seen = new HashSet<>();
  private final Set<String> epochs = new HashSet<>();
  private int repeated;
  private int folds;
  private long filesBefore;
  private long filesAfter;
  private long rowsBefore;
  private long rowsAfter;

  /** Takes in the commits that are new. */
  void look(List<Commit> commits) {
    for (Commit commit : commits) {
      if (seen.add(commit.snapshotId())) {
        add(commit);
      }
    }
  }

  private void add(Commit commit) {
    Map<String, String> summary = commit.summary();
    if (commit.isEpoch() && !epochs.add(commit.identity())) {
      repeated++;
    }
    if (summary.getOrDefault(MAINTENANCE, "").equals("compact")) {
      folds++;
      filesBefore += number(summary, "deleted-data-files");
      filesAfter += number(summary, "added-data-files");
      rowsBefore += number(summary, "tidemark.rows-before");
      rowsAfter += number(summary, "tidemark.rows-after");
    }
  }

  private static long number(Map<String, String> summary, String key) {
    return Long.parseLong(summary.getOrDefault(key, "0"));
  }

  /** Whether no checkpoint was committed twice. */
  boolean isGood() {
    return repeated == 0;
  }

  /** Commits of compaction. */
  int folds() {
    return folds;
  }

  /** Snapshots that there were. */
  int snapshots() {
    return seen.size();
  }

  void printFigures(Journal journal) {
    journal.figure("epochs seen", epochs.size());
    journal.figure("checkpoints committed twice", repeated);
    journal.figure("commits of compaction", folds);
    journal.figure("files folded", "%,d became %,d".formatted(filesBefore, filesAfter));
    journal.figure("rows folded", "%,d became %,d".formatted(rowsBefore, rowsAfter));
  }
}
