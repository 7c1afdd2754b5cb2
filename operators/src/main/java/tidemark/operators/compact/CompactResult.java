package tidemark.operators.compact;

import java.util.List;

/**
 * What folding came to.
 *
 * @param task what was to be folded
 * @param files the new data files as Iceberg's JSON; none if it failed
 * @param rowsBefore rows of the files that were folded
 * @param rowsAfter rows of the new files
 */
public record CompactResult(CompactTask task, List<String> files, long rowsBefore, long rowsAfter) {

  public CompactResult {
    files = List.copyOf(files);
  }

  static CompactResult failed(CompactTask task) {
    return new CompactResult(task, List.of(), 0, 0);
  }

  boolean isFailed() {
    return files.isEmpty();
  }
}
