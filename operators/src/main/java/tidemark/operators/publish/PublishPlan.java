package tidemark.operators.publish;

import java.util.List;

/**
 * What a publishing is about.
 *
 * @param head snapshot of main that it was planned on
 * @param source snapshot whose covered rows come to main
 * @param base snapshot that they recompute
 * @param covered rows that are replaced
 * @param record of the publishing before it, as JSON
 * @param gate the comparison that allows it, or why it is done without
 * @param whole files that are taken as they are
 * @param tasks files of which only some rows are covered
 * @param isDone whether the commit was found to have happened
 */
record PublishPlan(
    long head,
    long source,
    long base,
    String covered,
    String record,
    String gate,
    PublishResult whole,
    List<PublishTask> tasks,
    boolean isDone) {

  PublishPlan {
    tasks = List.copyOf(tasks);
  }
}
