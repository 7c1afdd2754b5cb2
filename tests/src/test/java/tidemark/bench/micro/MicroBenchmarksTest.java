package tidemark.bench.micro;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Each benchmark runs, once and small: that it works, never how fast. */
class MicroBenchmarksTest {

  @Test
  void everyBenchmarkRuns() throws Exception {
    Collection<RunResult> results =
        new Runner(
                new OptionsBuilder()
                    .include("tidemark.bench.micro.*")
                    .param("series", "200")
                    .forks(0) // in this process
                    .warmupIterations(0)
                    .measurementIterations(1)
                    .measurementTime(TimeValue.milliseconds(1))
                    .shouldFailOnError(true)
                    .build())
            .run();
    assertThat(results).extracting(r -> r.getPrimaryResult().getScore()).allMatch(s -> s > 0);
    assertThat(results).hasSize(4 * 2 + 4 + 3 * 4 + 2 + 2);
  }
}
