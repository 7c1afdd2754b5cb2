package tidemark.cli.sql;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SqlRefusedExceptionTest {
  @Test
  void thePlaceIsPointedAtInItsLine() {
    String sql = "SELECT 1,\n\t'😀', lod\nFROM points";

    assertThat(refused(17).describe(sql))
        .isEqualTo(
            """
            error: no column lod
            line 2:  '😀', lod
                          ^
            hint: there is load
            SQLSTATE 42703
            """);
  }

  @Test
  void aPlaceAtTheEndIsShownAndOneBeyondItIsNot() {
    assertThat(refused(9).describe("SELECT 1")).contains("line 1: SELECT 1\n                ^\n");
    assertThat(refused(10).describe("SELECT 1")).doesNotContain("line", "^");
    assertThat(refused(0).describe("SELECT 1")).doesNotContain("line", "^");
  }

  private static SqlRefusedException refused(int position) {
    return new SqlRefusedException("no column lod", "42703", "there is load", position);
  }
}
