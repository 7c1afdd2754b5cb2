package tidemark.bench.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class QueryBenchTest {
  private static final int RUNS = 1;

  @Test
  void sixteenClientsAreAnsweredAtOnce() throws Exception {
    QueryOptions options =
        QueryOptions.of(
            ("--metrics 5 --series 150 --hours 1 --clients 1,16 --warm-up 1 --runs " + RUNS)
                .split(" "));
    List<QueryFigure> figures = new QueryBench(options).run();

    assertThat(figures).extracting(QueryFigure::clients).containsOnly(1, 16);
    assertThat(figures)
        .hasSizeGreaterThanOrEqualTo(20)
        .allSatisfy(
            figure -> {
              assertThat(figure.runs()).as(figure.question()).isEqualTo(RUNS * figure.clients());
              assertThat(figure.medianMs()).isPositive().isLessThanOrEqualTo(figure.p99Ms());
            });
  }
}
