package tidemark.gameday;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tidemark.cli.cluster.SideJob;
import tidemark.cli.cluster.SideJobs;
import tidemark.cli.flink.JobStatus;
import tidemark.cli.process.ProcessFailedException;
import tidemark.gateway.Audit;
import tidemark.gateway.AuditDifference;
import tidemark.gateway.AuditReport;
import tidemark.gateway.AuditRequest;

/**
 * Compaction, expiry and orphan removal at an interval of seconds beside the job, while a reader
 * polls: every answer is that of its epoch, and few files are left.
 */
@Command(
    name = "compaction",
    mixinStandardHelpOptions = true,
    description = "Fold, expire and append side by side while a reader polls.")
final class CompactionGame extends Game {
  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final Duration PASS_LIMIT = Duration.ofMinutes(5);
  private static final Duration POLL_LIMIT = Duration.ofMinutes(2);
  private static final double MOST_FILES = 1.2;
  private static final long TARGET_BYTES = 128L << 20;
  private static final int ORPHANS = 3;
  private static final Duration ORPHAN_AGE = Duration.ofHours(1);

  @Option(
      names = "--for",
      paramLabel = "SECONDS",
      description = "How long all of it goes on side by side; default ${DEFAULT-VALUE}.")
  private int seconds = 600;

  @Option(
      names = "--keep-seconds",
      paramLabel = "SECONDS",
      description = "Age up to which snapshots do not expire; default ${DEFAULT-VALUE}.")
  private int keepSeconds = 60;

  private final SnapshotLog log = new SnapshotLog();
  private SentRecords records;
  private PollingReader reader;
  private List<Path> orphans = List.of();
  private FileCount before;
  private FileCount after;
  private boolean isMaintained;
  private int foldsBeside;

  /** For the command line. */
  CompactionGame() {}

  CompactionGame(int seconds) {
    this.seconds = seconds;
  }

  @Override
  String name() {
    return "compaction";
  }

  @Override
  void prepare(Stage stage) {
    records = stage.rememberRecords();
  }

  /** The fastest that is safe: what a query needs stays for longer than a query takes. */
  private Map<String, String> maintenance() {
    Map<String, String> settings = new TreeMap<>();
    settings.put("tidemark.compact.interval", "3 s");
    settings.put("tidemark.compact.target-size", TARGET_BYTES + " bytes");
    settings.put("tidemark.compact.grace", "10 s");
    settings.put("tidemark.compact.retry-after", "1 min");
    settings.put("tidemark.expire.interval", "5 s");
    settings.put("tidemark.expire.keep", keepSeconds + " s");
    settings.put("tidemark.expire.min-snapshots", "3");
    settings.put("tidemark.orphans.interval", "15 s");
    settings.put("tidemark.orphans.min-age", "10 min");
    return settings;
  }

  private static String submit(Stage stage, Map<String, String> settings) {
    return stage.cluster().sideJobs().submit(SideJob.MAINTAIN, settings, SideJobs.WHOLE_CLUSTER);
  }

  @Override
  void harm(Stage stage, Random random) throws InterruptedException {
    orphans = plantOrphans(stage);
    reader =
        new PollingReader(
            stage.cluster().catalogProperties(), new EpochAnswers(records), stage.journal());
    try (PollingReader polling = reader) {
      polling.start();
      // the first poll loads an engine, which takes longer than any other
      stage.await("the first poll", POLL_LIMIT, () -> polling.polls() > 0);
      String maintenance = submit(stage, maintenance());
      stage.cluster().awaitRunning(maintenance);
      stage.journal().step("maintenance runs as job " + maintenance);
      sideBySide(stage);
      stage.endLoad();
      stage.awaitAllStored(StoredTables.MAIN, PASS_LIMIT);
      log.look(stage.tables().commits(StoredTables.MAIN));
      end(stage, maintenance);
      before = FileCount.of(stage.tables().dataFiles(StoredTables.MAIN), TARGET_BYTES);
      fullPass(stage);
      log.look(stage.tables().commits(StoredTables.MAIN));
      after = FileCount.of(stage.tables().dataFiles(StoredTables.MAIN), TARGET_BYTES);
      int polls = polling.polls() + 2; // the poll at work may have begun before the pass ended
      stage.await("the reader to see the end", POLL_LIMIT, () -> polling.polls() >= polls);
    }
  }

  /** For as long as was asked for, and on a slow machine until anything was folded at all. */
  private void sideBySide(Stage stage) throws InterruptedException {
    double end = stage.journal().seconds() + seconds;
    double latestEnd = end + PASS_LIMIT.toSeconds();
    double nextStep = 0;
    while (stage.journal().seconds() < (log.folds() == 0 ? latestEnd : end)) {
      log.look(stage.tables().commits(StoredTables.MAIN));
      stage.tend();
      if (stage.journal().seconds() > nextStep) {
        nextStep = stage.journal().seconds() + 30;
        FileCount now = FileCount.of(stage.tables().dataFiles(StoredTables.MAIN), TARGET_BYTES);
        stage
            .journal()
            .step(
                "%s, %d folds; %d of %d snapshots left; %d polls, the last of %,d points"
                    .formatted(
                        now.text(),
                        log.folds(),
                        stage.tables().snapshots(),
                        log.snapshots(),
                        reader.polls(),
                        reader.pointsLast()));
      }
      stage.pause(LOOK);
    }
  }

  /** Ends the maintenance that ran all the time, which it must have done. */
  private void end(Stage stage, String maintenance) {
    JobStatus status = stage.cluster().jobStatus(maintenance);
    foldsBeside = log.folds();
    isMaintained = status.isRunning();
    stage
        .journal()
        .figure("restarts of maintenance", stage.cluster().rest().restarts(maintenance).orElse(0));
    if (!isMaintained) {
      stage
          .journal()
          .step(
              "maintenance is %s: %s"
                  .formatted(
                      status.state(),
                      stage.cluster().rest().lastFailure(maintenance).orElse("no cause given")));
    }
    if (!status.isEnded()) {
      stage.cluster().cancel(maintenance);
    }
  }

  private void fullPass(Stage stage) {
    Map<String, String> settings = maintenance();
    settings.put("tidemark.maintain.passes", "once");
    settings.put("tidemark.compact.effort", "full");
    String jobId = submit(stage, settings);
    JobStatus end = stage.cluster().sideJobs().awaitEnd(jobId, PASS_LIMIT);
    if (!end.state().equals("FINISHED")) {
      throw new ProcessFailedException(
          "the full pass ended as %s: %s"
              .formatted(
                  end.state(), stage.cluster().rest().lastFailure(jobId).orElse("no cause given")));
    }
    stage.journal().step("a full pass has ended");
  }

  /** Files beside those of the table that belong to nothing, and are old. */
  private static List<Path> plantOrphans(Stage stage) {
    String location = stage.tables().dataFiles(StoredTables.MAIN).get(0).location();
    Path file = stage.cluster().layout().objects().resolve(location.substring("s3://".length()));
    List<Path> planted = new ArrayList<>();
    try {
      for (int i = 0; i < ORPHANS; i++) {
        Path orphan = file.resolveSibling("orphan-" + i + ".parquet");
        Files.copy(file, orphan);
        Files.setLastModifiedTime(orphan, FileTime.from(Instant.now().minus(ORPHAN_AGE)));
        planted.add(orphan);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return planted;
  }

  @Override
  boolean finish(Stage stage) {
    Verdict verdict = stage.compare(StoredTables.MAIN);
    AuditReport audit = Audit.run(stage.cluster().catalogProperties(), AuditRequest.everything());
    audit.differences().stream().map(AuditDifference::describe).forEach(stage.journal()::print);
    long orphansLeft = orphans.stream().filter(Files::exists).count();
    Journal journal = stage.journal();
    reader.printFigures();
    log.printFigures(journal);
    journal.figure("commits of compaction while points came", foldsBeside);
    journal.figure("files before the full pass", before.text());
    journal.figure("files after the full pass", after.text());
    int left = stage.tables().snapshots();
    journal.figure("snapshots", "%d of %d left".formatted(left, log.snapshots()));
    journal.figure("orphans removed", "%d of %d".formatted(orphans.size() - orphansLeft, ORPHANS));
    journal.figure(
        "audit",
        "%d differences in %,d minutes of %d epochs"
            .formatted(
                audit.differences().size(), audit.counts().minutes(), audit.counts().epochs()));
    return verdict.isGood()
        && audit.isWell()
        && reader.isGood()
        && log.isGood()
        && isMaintained
        && foldsBeside > 0
        && left < log.snapshots()
        && orphansLeft == 0
        && after.isAtMost(MOST_FILES);
  }
}
