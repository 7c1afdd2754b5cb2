package tidemark.jobs;

/**
 * Identity of the operators that only the replay job has; the stages have the main job's, {@link
 * OperatorUid}. Append only.
 */
enum ReplayUid {
  ARCHIVE("replay-archive-v1"),
  REMOVE_TICK("replay-remove-tick-v1"),
  REMOVE("replay-remove-v1"),
  REMOVED("replay-removed-v1"),
  KAFKA("replay-kafka-v1"),
  RULES_TICK("replay-rules-tick-v1"),
  RULES("replay-rules-v1");

  private final String uid;

  ReplayUid(String uid) {
    this.uid = uid;
  }

  String uid() {
    return uid;
  }
}
