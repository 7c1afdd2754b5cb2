package tidemark.jobs;

/** Identity of each operator of the maintenance job, by which metrics are found. Append only. */
enum MaintainUid {
  TICK("maintain-tick-v1"),
  PLAN("maintain-plan-v1"),
  COMPACT("maintain-compact-v1"),
  COMMIT("maintain-commit-v1"),
  EXPIRE("maintain-expire-v1"),
  DONE("maintain-done-v1");

  private final String uid;

  MaintainUid(String uid) {
    this.uid = uid;
  }

  String uid() {
    return uid;
  }
}
