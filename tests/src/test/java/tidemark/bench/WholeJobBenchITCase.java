package tidemark.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** A small run of the benchmark on real processes: what it counts, never how fast. */
class WholeJobBenchITCase {
  private static final int SERIES = 2_000;
  private static final int POINTS_PER_WINDOW = 6;
  private static final int WINDOWS = 12;

  // of the workload: 20 hosts with as many metrics, each of a service of its own
  private static final int METRICS = 100;
  private static final int SERVICES = SERIES / METRICS;
  private static final int SERVICES_WATCHED = 10;

  @Test
  void everyVariantAccountsForEveryPoint() throws Exception {
    long points = (long) SERIES * POINTS_PER_WINDOW * WINDOWS;
    BenchOptions options =
        BenchOptions.of(
            "--series", Integer.toString(SERIES),
            "--points-per-window", Integer.toString(POINTS_PER_WINDOW),
            "--points", Long.toString(points),
            "--plain-share", "1",
            "--warm-up-share", "100", // none of twelve windows
            "--window-ms", "100",
            "--rounds", "1",
            "--variants", "tidemark,hot,monitors,plain,streams",
            "--heap", "768m",
            "--jvm-options", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
            "--checkpoint-ms", "1000",
            "--limit-s", "240",
            "--home", Path.of("..").toAbsolutePath().normalize().toString());

    BenchResult result = new WholeJobBench(options, System.err::println).run();

    assertThat(result.runs())
        .extracting(Measurement::variant)
        .containsExactly("tidemark", "hot", "monitors", "plain", "streams");
    assertThat(result.runs()).extracting(Measurement::points).containsOnly(points);
    long rows = (long) SERIES * WINDOWS;
    long coarserRows = (long) METRICS * SERVICES * WINDOWS;
    assertThat(result.runs())
        .extracting(Measurement::rows)
        .containsExactly(rows, rows + coarserRows, rows, rows, 0L);
    // a row per series and minute beside those of 10 s, for the minutes that closed
    assertThat(result.runs().get(0).allRows()).isGreaterThan(rows);
    // the first full minute that closes, of each metric of the hosts whose services are watched
    assertThat(result.runs().get(2).figures().get(Measurement.EVALUATIONS))
        .isEqualTo(METRICS * SERVICES_WATCHED);
    assertThat(result.toText()).contains("tidemark / plain:");
  }
}
