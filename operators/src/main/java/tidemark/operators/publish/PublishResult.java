package tidemark.operators.publish;

import java.util.List;

/**
 * What becomes of a file, or of several.
 *
 * @param removed files that leave main
 * @param added files that come to main
 * @param written those of them that were written for it
 * @param rowsRemoved covered rows of main
 * @param rowsAdded covered rows that take their place
 */
record PublishResult(
    List<String> removed,
    List<String> added,
    List<String> written,
    long rowsRemoved,
    long rowsAdded) {

  PublishResult {
    removed = List.copyOf(removed);
    added = List.copyOf(added);
    written = List.copyOf(written);
  }
}
