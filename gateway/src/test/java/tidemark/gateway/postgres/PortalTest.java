package tidemark.gateway.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import tidemark.gateway.ask.Answer;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.Column;
import tidemark.gateway.ask.PreparedQuery;
import tidemark.gateway.ask.SqlState;
import tidemark.gateway.ask.ValueType;

/** What a portal asks of a statement: to find out columns without a run costs as much as a run. */
final class PortalTest {
  private static final List<Column> NUMBER = List.of(new Column("n", ValueType.INT8));
  private static final List<Column> TEXT = List.of(new Column("n", ValueType.TEXT));

  /** Counts what is asked of it. */
  private static final class Counting implements PreparedQuery {
    private final String tag;
    private List<Column> columns = NUMBER;
    private int looks;
    private int runs;

    Counting(String tag) {
      this.tag = tag;
    }

    @Override
    public String tag() {
      return tag;
    }

    @Override
    public List<ValueType> parameterTypes() {
      return List.of();
    }

    @Override
    public List<Column> columns() {
      looks++;
      return columns;
    }

    @Override
    public Answer run(List<Object> parameters) {
      runs++;
      if (columns.isEmpty()) {
        throw new AskException(SqlState.UNDEFINED_TABLE, "no such table").at(8);
      }
      return ListAnswer.of(columns.get(0), 1L);
    }

    @Override
    public void close() {
      // holds nothing
    }
  }

  private static Prepared prepared(Counting query) {
    return new Prepared(new Plan.OfSession(query), new int[0], 0, new Budget(1_000), 30);
  }

  private static Portal portal(Prepared prepared) {
    return new Portal(prepared, List.of(), 0, new int[0], Portal.Life.TRANSACTION);
  }

  @Test
  void describedPortalOfQueryRunsOnceAndLooksNever() {
    Counting query = new Counting("SELECT");
    Portal portal = portal(prepared(query));
    assertThat(portal.describe()).isEqualTo(NUMBER);
    portal.start();
    assertThat(portal.next()).isTrue();
    assertThat(portal.next()).isFalse();
    assertThat(portal.columns()).isEqualTo(NUMBER);
    assertThat(query.runs).isEqualTo(1);
    assertThat(query.looks).isZero();
  }

  @Test
  void describedPortalOfWhatDoesMoreThanReadWaits() {
    Counting query = new Counting("EXPLAIN");
    Portal portal = portal(prepared(query));
    assertThat(portal.describe()).isEqualTo(NUMBER);
    assertThat(query.runs).isZero();
    assertThat(query.looks).isEqualTo(1);
  }

  @Test
  void columnsThatTheClientKnowsMustStay() {
    for (boolean isDescribedByStatement : List.of(true, false)) {
      Counting query = new Counting("SELECT");
      Prepared prepared = prepared(query);
      if (isDescribedByStatement) {
        assertThat(prepared.describe()).isEqualTo(NUMBER);
      } else {
        assertThat(portal(prepared).describe()).isEqualTo(NUMBER);
      }
      portal(prepared).start();
      query.columns = TEXT;
      Portal changed = portal(prepared);
      assertThatThrownBy(changed::start)
          .isInstanceOf(AskException.class)
          .hasMessage("cached plan must not change result type");
      assertThat(changed.isDone()).isTrue();
    }
  }

  @Test
  void failuresHaveTheirPlaceInTheTextThatWasSent() {
    Counting query = new Counting("SELECT");
    query.columns = List.of();
    Portal portal = portal(prepared(query));
    assertThatThrownBy(portal::describe)
        .isInstanceOfSatisfying(AskException.class, e -> assertThat(e.position()).hasValue(8 + 30));
  }
}
