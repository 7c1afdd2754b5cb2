package tidemark.gameday;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class CommitStepTest {
  /** A rule on a method that was renamed fires never, and its game waits for nothing. */
  @Test
  void everyPlaceExists() throws ClassNotFoundException {
    List<CommitStep> steps = new ArrayList<>(CommitStep.crashes());
    steps.add(CommitStep.lostAnswer());
    steps.add(CommitStep.lateCommit());
    steps.add(CommitStep.slowStart());
    for (CommitStep step : steps) {
      String[] lines = step.place().split("\n", -1);
      Class<?> type = Class.forName(lines[0].substring("CLASS ".length()));
      assertThat(Arrays.stream(type.getDeclaredMethods()).map(Method::getName))
          .as(step.name())
          .contains(lines[1].substring("METHOD ".length()));
    }
  }

  @Test
  void aRuleSaysWhatItDoesAndWhen() {
    assertThat(CommitStep.lateCommit().rule())
        .isEqualTo(
            """
            RULE commit lands late
            CLASS tidemark.operators.store.EpochTables
            METHOD commit
            AT INVOKE commit
            IF incrementCounter("commit lands late") == 2
            DO traceln("gameday: reached"), delay(4000)
            ENDRULE
            """);
  }
}
