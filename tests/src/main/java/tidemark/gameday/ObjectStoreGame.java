package tidemark.gameday;

import java.net.URI;
import java.time.Duration;
import java.util.Random;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tidemark.cli.cluster.LocalClusterOptions;

/** An object store that first fails often, then is gone, then is well again. */
@Command(
    name = "object-store",
    mixinStandardHelpOptions = true,
    description = "Let the object store fail often, then be gone, and measure the catch-up.")
final class ObjectStoreGame extends Game {
  private static final double SLOW_DOWNS = 0.30;
  private static final double CUT_ERRORS = 0.05;
  private static final double MAX_CATCH_UP = 3;

  /** Behind by no more than this is not behind: windows, a checkpoint and its commit. */
  private static final double ABREAST_SECONDS = 10;

  @Option(names = "--faulty", description = "Seconds of faults; default ${DEFAULT-VALUE}.")
  private int faultySeconds = 300;

  @Option(names = "--gone", description = "Seconds of absence; default ${DEFAULT-VALUE}.")
  private int goneSeconds = 180;

  private Stage stage;
  private FaultFilter filter;
  private boolean isCaughtUpInTime;

  @Override
  String name() {
    return "object-store";
  }

  @Override
  LocalClusterOptions cluster(LocalClusterOptions common) {
    filter =
        new FaultFilter(() -> URI.create(stage.cluster().s3Endpoint()).getPort(), options().seed());
    return common.withFlinkOption("s3.endpoint", "http://127.0.0.1:" + filter.port());
  }

  @Override
  void prepare(Stage theStage) {
    stage = theStage;
  }

  @Override
  void harm(Stage theStage, Random random) throws InterruptedException {
    Journal journal = stage.journal();
    int before = stage.epochs();
    filter.spoil(SLOW_DOWNS, CUT_ERRORS);
    journal.step("the store answers 30 % with 503 and 5 % with 500 and a cut body");
    watch(Duration.ofSeconds(faultySeconds));
    journal.figure("seconds of faults", faultySeconds);
    journal.figure("epochs under faults", stage.epochs() - before);
    journal.figure("requests", filter.counts());
    filter.leave();
    journal.step("the store is gone; " + filter.counts());
    watch(Duration.ofSeconds(goneSeconds));
    filter.comeBack();
    double backAt = journal.seconds();
    journal.step("the store is back");
    double limit = MAX_CATCH_UP * goneSeconds;
    stage.await(
        "the tables to catch up",
        Duration.ofSeconds((long) limit + 300),
        () -> stage.behindSeconds() <= ABREAST_SECONDS);
    double catchUp = journal.seconds() - backAt;
    isCaughtUpInTime = catchUp <= limit;
    journal.figure("seconds of absence", goneSeconds);
    journal.figure("seconds to catch up", "%.0f, allowed %.0f".formatted(catchUp, limit));
    journal.figure("restarts of the job", stage.restarts().orElse(-1));
    journal.figure("starts of what died", stage.revived());
  }

  private void watch(Duration length) throws InterruptedException {
    double end = stage.journal().seconds() + length.toSeconds();
    while (stage.journal().seconds() < end) {
      stage.pause(Duration.ofSeconds(1));
      stage.tend();
    }
  }

  @Override
  boolean finish(Stage theStage) {
    boolean isGood = super.finish(theStage) && isCaughtUpInTime;
    filter.close();
    return isGood;
  }
}
