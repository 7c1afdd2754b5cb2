package tidemark.cli.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import tidemark.cli.process.ProcessFailedException;

/**
 * Jobs beside the main one that count what it counts, into branches; one runs at a time. The run
 * remembers of each where it goes on: in a file of two lines, the id of the job that ran last and
 * what that was started from or stopped with. Thread-safe, with the limits of {@link LocalCluster}.
 */
public final class Shadows {
  private static final Duration REMOVE_LIMIT = Duration.ofMinutes(10);
  private static final Pattern BRANCH = Pattern.compile("[a-z0-9][a-z0-9_-]{0,63}");
  private static final String BRANCH_OPTION = "tidemark.shadow.branch";

  /** What the run remembers of one. */
  private record Place(String jobId, String resumeFrom) {}

  private final LocalCluster cluster;
  private final Operations operations;

  Shadows(LocalCluster cluster, Operations operations) {
    this.cluster = cluster;
    this.operations = operations;
  }

  /** Where it goes on when it is started again; empty if it would begin. */
  public Optional<String> resumePoint(String branch) {
    return read(branch)
        .map(
            place ->
                new RetainedState(cluster.layout())
                    .newestOf(place.jobId())
                    .orElse(place.resumeFrom()))
        .filter(point -> !point.isEmpty());
  }

  /**
   * Starts it, or lets it go on, and returns the id of its job.
   *
   * @param options over those that follow from the cluster itself
   * @param parallelism slots that it takes
   */
  public String start(String branch, Map<String, String> options, int parallelism) {
    return operations.alone(
        () -> {
          String point = resumePoint(branch).orElse("");
          Map<String, String> all = new TreeMap<>(options);
          all.put(BRANCH_OPTION, branch);
          String jobId = cluster.sideJobs().resume(SideJob.SHADOW, all, point, parallelism);
          write(branch, new Place(jobId, point));
          return jobId;
        });
  }

  /**
   * Stops it with a savepoint if it runs, and submits its end, whose job ends by itself; returns
   * that one's id.
   */
  public String end(String branch, Map<String, String> options, int parallelism) {
    return operations.alone(
        () -> {
          stopIfLive(branch);
          String point =
              resumePoint(branch)
                  .orElseThrow(
                      () ->
                          new ProcessFailedException(
                              "no shadow of branch %s ever ran here: start it first"
                                  .formatted(branch)));
          Map<String, String> all = new TreeMap<>(options);
          all.put(BRANCH_OPTION, branch);
          all.put("tidemark.shadow.action", "end");
          all.putIfAbsent("tidemark.shadow.wait-for", "2 min"); // less than a submission may take
          return cluster.sideJobs().resume(SideJob.SHADOW, all, point, parallelism);
        });
  }

  private void stopIfLive(String branch) {
    Optional<Place> place = read(branch);
    for (String jobId : live(branch)) {
      if (!place.map(Place::jobId).orElse("").equals(jobId)) {
        throw new ProcessFailedException(
            "job %s ends the shadow of branch %s already: wait for it".formatted(jobId, branch));
      }
      write(branch, new Place(jobId, cluster.endWithSavepoint(jobId)));
    }
  }

  /** Removes its branch with all that is in it. */
  public void remove(String branch) {
    operations.alone(
        () -> {
          live(branch).forEach(cluster::cancel);
          String jobId =
              cluster
                  .sideJobs()
                  .submit(
                      SideJob.REPLAY,
                      Map.of("tidemark.replay.branch", branch, "tidemark.replay.action", "remove"),
                      1);
          cluster.sideJobs().requireEnd(jobId, REMOVE_LIMIT, () -> {});
          forget(branch);
          return null;
        });
  }

  private List<String> live(String branch) {
    return cluster.rest().liveJobs(name -> name.equals("tidemark shadow " + branch));
  }

  private Path file(String branch) {
    if (!BRANCH.matcher(branch).matches()) {
      throw new ProcessFailedException(
          "a branch must be named by 1 to 64 of a-z, 0-9, - and _, got " + branch);
    }
    return cluster.layout().shadows().resolve(branch);
  }

  private Optional<Place> read(String branch) {
    Path file = file(branch);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      String[] lines = Files.readString(file).split("\n", -1);
      return Optional.of(new Place(lines[0], lines[1]));
    } catch (IOException e) {
      throw new ProcessFailedException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  private void write(String branch, Place place) {
    PrivateFile.write(file(branch), place.jobId() + "\n" + place.resumeFrom() + "\n");
  }

  private void forget(String branch) {
    Path file = file(branch);
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new ProcessFailedException("cannot remove " + file + ": " + e.getMessage(), e);
    }
  }
}
