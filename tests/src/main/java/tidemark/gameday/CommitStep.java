package tidemark.gameday;

import java.util.List;

/**
 * A place on the way from a closed file to an acknowledged commit, and what happens there, as a
 * Byteman rule.
 *
 * <p>Rules name classes and methods of the store stage: whoever renames one there is told here,
 * since the game waits for a place that is never reached.
 *
 * @param place class, method and location
 * @param hit at which visit of the place
 * @param action what happens there
 */
record CommitStep(String name, String place, int hit, Action action) {
  /** What a rule writes to standard output when it fires. */
  static final String REACHED = "gameday: reached";

  private static final String STORE = "tidemark.operators.store.";

  /** What a rule does. */
  enum Action {
    CRASH("killJVM()"),
    LOSE_ANSWER(
        "throw new org.apache.iceberg.exceptions.CommitStateUnknownException("
            + "new java.lang.RuntimeException(\"the answer is lost\"))"),
    LINGER("delay(4000)");

    private final String code;

    Action(String code) {
      this.code = code;
    }
  }

  /** Every step at which the process dies. */
  static List<CommitStep> crashes() {
    return List.of(
        crash("file closed", "StoreWriter", "closeEpoch", "AT EXIT", 2),
        crash("result at the epoch operator", "EpochOperator", "processElement", "AT ENTRY", 2),
        crash("before the epoch is in state", "EpochOperator", "snapshotState", "AT ENTRY", 2),
        crash("epoch in state", "EpochOperator", "snapshotState", "AT EXIT", 2),
        crash("checkpoint complete", "EpochOperator", "notifyCheckpointComplete", "AT ENTRY", 2),
        crash("commit begins", "EpochTables", "commit", "AT ENTRY", 2),
        crash("series not committed", "EpochTables", "commitSeries", "AT ENTRY", 1),
        crash("series committed", "EpochTables", "commitSeries", "AT EXIT", 1),
        crash("rollups not committed", "EpochTables", "commit", "AT INVOKE commit", 2),
        crash("rollups committed", "EpochTables", "commit", "AFTER INVOKE commit", 2),
        crash("commit acknowledged", "EpochTables", "commit", "AT EXIT", 2),
        crash("start looks", "EpochStart", "begin", "AT ENTRY", 1),
        crash("start not fenced", "EpochTables", "fence", "AT INVOKE commit", 1),
        crash("start fenced", "EpochTables", "fence", "AT EXIT", 1));
  }

  private static CommitStep crash(
      String name, String type, String method, String location, int hit) {
    return new CommitStep(name, place(type, method, location), hit, Action.CRASH);
  }

  private static String place(String type, String method, String location) {
    return "CLASS %s%s\nMETHOD %s\n%s".formatted(STORE, type, method, location);
  }

  /** The commit is made, and the operator is told that nobody knows. */
  static CommitStep lostAnswer() {
    return new CommitStep(
        "answer lost",
        place("EpochTables", "commit", "AFTER INVOKE commit"),
        2,
        Action.LOSE_ANSWER);
  }

  /** Time to stop the process with its commit about to go out. */
  static CommitStep lateCommit() {
    return new CommitStep(
        "commit lands late", place("EpochTables", "commit", "AT INVOKE commit"), 2, Action.LINGER);
  }

  /** Time for that commit to land between the look and the fence of the next run. */
  static CommitStep slowStart() {
    return new CommitStep(
        "start lingers", place("EpochTables", "fence", "AT INVOKE commit"), 1, Action.LINGER);
  }

  String rule() {
    return "RULE %s\n%s\nIF incrementCounter(\"%s\") == %d\nDO traceln(\"%s\"), %s\nENDRULE\n"
        .formatted(name, place, name, hit, REACHED, action.code);
  }
}
