package tidemark.cli.cluster;

/**
 * A job that may run beside the main one, on the same tables. Of each there is one at a time. It is
 * known by its name in Flink, which begins with that of the main job and a blank.
 */
public enum SideJob {
  /** Folds files, expires snapshots, removes orphans. */
  MAINTAIN("maintain", "tidemark.jobs.MaintainJob"),
  /** Keeps raw records. */
  ARCHIVE("archive", "tidemark.jobs.ArchiveJob"),
  /** Counts archived records again, into a branch. */
  REPLAY("replay", "tidemark.jobs.ReplayJob"),
  /** Counts what the main job counts, into a branch. */
  SHADOW("shadow", "tidemark.jobs.ShadowJob"),
  /** Compares two branches. */
  COMPARE("compare", "tidemark.jobs.CompareJob"),
  /** Puts a branch's rows in the place of others. */
  PUBLISH("publish", "tidemark.jobs.PublishJob"),
  /** Changes which shard an org belongs to. */
  SHARDS("shards", "tidemark.jobs.ShardMapJob");

  private static final String PREFIX = "tidemark ";

  private final String word;
  private final String mainClass;

  SideJob(String word, String mainClass) {
    this.word = word;
    this.mainClass = mainClass;
  }

  /** Its command, with which its options begin, too. */
  public String word() {
    return word;
  }

  String mainClass() {
    return mainClass;
  }

  /** Whether a job of that name in Flink is this one. */
  boolean isNamed(String jobName) {
    return jobName.equals(PREFIX + word) || jobName.startsWith(PREFIX + word + " ");
  }

  /** Whether a job of that name in Flink is any of them. */
  static boolean isAny(String jobName) {
    for (SideJob job : values()) {
      if (job.isNamed(jobName)) {
        return true;
      }
    }
    return false;
  }
}
