package tidemark.gateway.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sequences of messages, by their letters; what PostgreSQL's manual says of each. */
class ProtocolTest {
  private static final short NONE = 0;
  private static final short ONE = 1;

  private static Served served;

  @BeforeAll
  static void start() {
    served = Served.byDefault();
  }

  @AfterAll
  static void stop() throws InterruptedException {
    Served.await("all answers are closed", () -> served.gateway().answers() == 0);
    Served.await("all sessions are closed", () -> served.gateway().sessions() == 0);
    served.close();
  }

  private static RawClient client() throws IOException {
    return RawClient.loggedIn(served.port());
  }

  private static void parse(RawClient client, String name, String sql) throws IOException {
    client.send('P', name, sql, NONE);
  }

  private static void bind(RawClient client, String portal, String statement) throws IOException {
    client.send('B', portal, statement, NONE, NONE, NONE);
  }

  private static void execute(RawClient client, String portal, int rows) throws IOException {
    client.send('E', portal, rows);
  }

  private static String sync(RawClient client) throws IOException {
    client.send('S');
    return RawClient.types(client.until('Z'));
  }

  private static char status(List<RawClient.Reply> replies) {
    return (char) replies.get(replies.size() - 1).body()[0];
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "select 1 | TDCZ",
        "select 1; select 2, 3 | TDCTDCZ",
        "select 1 where false | TCZ",
        "'' | IZ",
        "; -- nothing | IZ",
        "set application_name = 'x' | SCZ",
        "begin; select 1; commit | CTDCCZ",
        "select 1; select from nowhere; select 2 | TDCEZ",
        "commit | NCZ",
        "begin; begin; rollback | CNCCZ",
        "begin; declare c cursor for select i from range(5) t(i); fetch 2 from c; fetch all c; commit | CCTDDCTDDDCCZ",
        "declare c cursor for select 1 | EZ",
        "declare h cursor with hold for select 1; fetch h; close h | CTDCCZ",
        "begin; declare c cursor for select 1; close c; fetch c | CCCEZ",
        "begin; declare c cursor for select i from range(5) t(i); move 3 in c; fetch 9 c | CCCTDDCZ",
        "prepare q (int) as select $1::int + 1; execute q(41); deallocate q | CTDCCZ",
        "savepoint s | EZ",
        "begin; savepoint s; release s; release s | CCCEZ",
        "copy x from stdin | EZ",
        "select pg_backend_pid() | TDCZ"
      })
  void queryStringGivesTheseMessages(String sql, String types) throws IOException {
    try (RawClient client = client()) {
      assertThat(RawClient.types(client.query(sql))).isEqualTo(types);
      client.query("rollback");
      assertThat(RawClient.types(client.query("select 1"))).isEqualTo("TDCZ");
    }
  }

  @Test
  void blockFailsUntilItsEnd() throws IOException {
    try (RawClient client = client()) {
      assertThat(status(client.query("begin"))).isEqualTo('T');
      assertThat(status(client.query("select 1 from nowhere"))).isEqualTo('E');
      assertThat(client.query("select 1").get(0).state()).isEqualTo("25P02");
      assertThat(client.query("begin").get(0).state()).isEqualTo("25P02");
      List<RawClient.Reply> end = client.query("commit");
      assertThat(end.get(0).text()).isEqualTo("ROLLBACK|");
      assertThat(status(end)).isEqualTo('I');
    }
  }

  @Test
  void rollbackToSavepointClosesCursorsOpenedSince() throws IOException {
    try (RawClient client = client()) {
      client.query("begin; declare a cursor for select 1; savepoint s");
      client.query("declare b cursor for select 2");
      client.query("select 1 from nowhere");
      assertThat(status(client.query("rollback to s"))).isEqualTo('T');
      assertThat(RawClient.types(client.query("fetch a"))).isEqualTo("TDCZ");
      assertThat(client.query("fetch b").get(0).state()).isEqualTo("34000");
      client.query("rollback");
    }
  }

  @Test
  void extendedProtocolAnswersEachMessage() throws IOException {
    try (RawClient client = client()) {
      parse(client, "s", "select i from range(5) t(i)");
      client.send('D', (byte) 'S', "s");
      bind(client, "p", "s");
      client.send('D', (byte) 'P', "p");
      execute(client, "p", 2);
      execute(client, "p", 3);
      execute(client, "p", 0);
      client.send('C', (byte) 'P', "p");
      client.send('C', (byte) 'S', "s");
      client.send('C', (byte) 'S', "never there");
      assertThat(sync(client)).isEqualTo("1tT2TDDsDDDsC333Z");
    }
  }

  @Test
  void finishedPortalGivesNoMoreRows() throws IOException {
    try (RawClient client = client()) {
      parse(client, "", "select 1");
      bind(client, "", "");
      execute(client, "", 0);
      execute(client, "", 0);
      client.send('S');
      List<RawClient.Reply> replies = client.until('Z');
      assertThat(RawClient.types(replies)).isEqualTo("12DCCZ");
      assertThat(replies.get(3).text()).isEqualTo("SELECT 1|");
      assertThat(replies.get(4).text()).isEqualTo("SELECT 0|");
    }
  }

  @Test
  void errorSkipsToSync() throws IOException {
    try (RawClient client = client()) {
      parse(client, "", "select 1 from nowhere");
      bind(client, "", "");
      execute(client, "", 0);
      client.send('Q', "select 1");
      assertThat(sync(client)).isEqualTo("EZ");
      parse(client, "", "select 1");
      bind(client, "", "");
      execute(client, "", 0);
      assertThat(sync(client)).isEqualTo("12DCZ");
    }
  }

  @Test
  void syncClosesPortalsOutsideOfABlock() throws IOException {
    try (RawClient client = client()) {
      parse(client, "s", "select i from range(5) t(i)");
      bind(client, "p", "s");
      execute(client, "p", 1);
      assertThat(sync(client)).isEqualTo("12DsZ");
      execute(client, "p", 1);
      assertThat(sync(client)).isEqualTo("EZ");
      client.query("begin");
      bind(client, "p", "s");
      execute(client, "p", 1);
      assertThat(sync(client)).isEqualTo("2DsZ");
      execute(client, "p", 1);
      assertThat(sync(client)).isEqualTo("DsZ");
      client.query("commit");
      execute(client, "p", 1);
      assertThat(sync(client)).isEqualTo("EZ");
    }
  }

  @Test
  void portalOutlivesItsStatement() throws IOException {
    try (RawClient client = client()) {
      client.query("begin");
      parse(client, "", "select i from range(3) t(i)");
      bind(client, "p", "");
      execute(client, "p", 1);
      parse(client, "", "select 7");
      execute(client, "p", 0);
      assertThat(sync(client)).isEqualTo("12Ds1DDCZ");
      client.query("commit");
    }
  }

  @Test
  void flushSendsWithoutSync() throws IOException {
    try (RawClient client = client()) {
      parse(client, "", "select 1");
      client.send('H');
      assertThat(client.next().type()).isEqualTo('1');
      assertThat(sync(client)).isEqualTo("Z");
    }
  }

  @Test
  void namedStatementIsNotReplaced() throws IOException {
    try (RawClient client = client()) {
      parse(client, "s", "select 1");
      parse(client, "s", "select 2");
      client.send('S');
      List<RawClient.Reply> replies = client.until('Z');
      assertThat(RawClient.types(replies)).isEqualTo("1EZ");
      assertThat(replies.get(1).state()).isEqualTo("42P05");
      bind(client, "", "missing");
      client.send('S');
      assertThat(client.until('Z').get(0).state()).isEqualTo("26000");
      execute(client, "missing", 0);
      client.send('S');
      assertThat(client.until('Z').get(0).state()).isEqualTo("34000");
      parse(client, "", "select 1; select 2");
      client.send('S');
      assertThat(client.until('Z').get(0).state()).isEqualTo("42601");
      assertThat(RawClient.types(client.query("execute s"))).isEqualTo("TDCZ");
    }
  }

  @Test
  void rowDescriptionHasTypeLengthAndFormat() throws IOException {
    try (RawClient client = client()) {
      parse(client, "", "select 1::bigint as a, 'x' as b");
      client.send('B', "", "", NONE, NONE, (short) 2, ONE, NONE);
      client.send('D', (byte) 'P', "");
      execute(client, "", 0);
      client.send('S');
      List<RawClient.Reply> replies = client.until('Z');
      assertThat(RawClient.types(replies)).isEqualTo("12TDCZ");
      ByteBuffer body = ByteBuffer.wrap(replies.get(2).body());
      assertThat(body.getShort()).isEqualTo((short) 2);
      assertField(body, 'a', 20, 8, 1);
      assertField(body, 'b', 25, -1, 0);
      assertThat(body.hasRemaining()).isFalse();
      assertThat(replies.get(3).body())
          .containsExactly(0, 2, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 'x');
    }
  }

  private static void assertField(ByteBuffer body, char name, int oid, int length, int format) {
    assertThat((char) body.get()).isEqualTo(name);
    assertThat(body.get()).isZero();
    assertThat(body.getInt()).isZero();
    assertThat(body.getShort()).isZero();
    assertThat(body.getInt()).isEqualTo(oid);
    assertThat(body.getShort()).isEqualTo((short) length);
    assertThat(body.getInt()).isEqualTo(-1);
    assertThat(body.getShort()).isEqualTo((short) format);
  }

  @Test
  void parameterTypesOfTheClientAreTold() throws IOException {
    try (RawClient client = client()) {
      client.send('P', "", "select $1::int, $2::int, $3", (short) 1, 20);
      client.send('D', (byte) 'S', "");
      client.send('S');
      List<RawClient.Reply> replies = client.until('Z');
      assertThat(replies.get(1).body())
          .containsExactly(0, 3, 0, 0, 0, 20, 0, 0, 0, 23, 0, 0, 0, 25);
      client.send('P', "", "select $1", (short) 1, 3904);
      client.send('S');
      assertThat(client.until('Z').get(0).state()).isEqualTo("42704");
    }
  }

  @Test
  void wrongBindsAreRefused() throws IOException {
    try (RawClient client = client()) {
      parse(client, "s", "select $1::int, 2");
      sync(client);
      Object[][] binds = {
        {"", "s", NONE, NONE, NONE},
        {"", "s", NONE, ONE, 4, new byte[] {1}},
        {"", "s", NONE, ONE, -2, NONE},
        {"", "s", ONE, (short) 7, ONE, -1, NONE},
        {"", "s", (short) 3, NONE, NONE, NONE, ONE, -1, NONE},
        {"", "s", NONE, ONE, -1, (short) 3, NONE, NONE, NONE},
        {"", "s", ONE, ONE, ONE, 3, new byte[3], NONE},
        {"", "s", NONE, ONE, 1, new byte[] {'x'}, NONE},
        {"", "s", NONE, ONE, 1, new byte[] {(byte) 0xff}, NONE},
      };
      for (Object[] fields : binds) {
        client.send('B', fields);
        client.send('S');
        List<RawClient.Reply> replies = client.until('Z');
        assertThat(RawClient.types(replies)).isEqualTo("EZ");
        assertThat(replies.get(0).state()).isIn("08P01", "22P02", "22023", "22000");
      }
      client.send('B', "", "s", NONE, ONE, 1, new byte[] {'7'}, NONE);
      execute(client, "", 0);
      assertThat(sync(client)).isEqualTo("2DCZ");
    }
  }

  @Test
  void functionCallIsRefused() throws IOException {
    try (RawClient client = client()) {
      client.send('F', 1, NONE, NONE, NONE);
      List<RawClient.Reply> replies = client.until('Z');
      assertThat(RawClient.types(replies)).isEqualTo("EZ");
      assertThat(replies.get(0).state()).isEqualTo("0A000");
      client.send('d', new byte[10]);
      client.send('c');
      assertThat(RawClient.types(client.query("select 1"))).isEqualTo("TDCZ");
    }
  }

  @Test
  void textMustBeUtf8() throws IOException {
    try (RawClient client = client()) {
      client.send('Q', new byte[] {'s', (byte) 0xc3, 0x28, 0});
      assertThat(client.until('Z').get(0).state()).isEqualTo("22000");
      assertThat(RawClient.types(client.query("select 1"))).isEqualTo("TDCZ");
    }
  }
}
