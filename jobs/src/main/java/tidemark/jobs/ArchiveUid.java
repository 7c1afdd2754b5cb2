package tidemark.jobs;

/** Identity of each operator of the archive job, by which its state is found. Append only. */
enum ArchiveUid {
  SOURCE("archive-source-v1"),
  ARCHIVE("archive-v1"),
  COMMIT("archive-commit-v1");

  private final String uid;

  ArchiveUid(String uid) {
    this.uid = uid;
  }

  String uid() {
    return uid;
  }
}
