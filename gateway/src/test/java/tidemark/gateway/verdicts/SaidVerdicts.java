package tidemark.gateway.verdicts;

import java.sql.SQLException;
import java.util.List;
import tidemark.state.monitor.Verdict;

/**
 * Verdicts that are there from the start.
 *
 * @param verdicts in the order in which they were said
 */
public record SaidVerdicts(List<Verdict> verdicts) implements VerdictSource {
  @Override
  public int maxRows() {
    return 1_000;
  }

  @Override
  public Reading read(VerdictRows rows) {
    try {
      rows.add(verdicts.stream().map(VerdictRow::of).toList());
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return Reading.NONE;
  }
}
