package tidemark.gateway.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tidemark.gateway.ask.AskException;

/** Where statements end, and which of them the protocol answers itself. */
class SqlScannerTest {
  private static List<String> split(String sql) {
    return pieces(sql).stream().map(StatementSplitter.Piece::sql).toList();
  }

  private static List<StatementSplitter.Piece> pieces(String sql) {
    StatementSplitter splitter = new StatementSplitter(sql);
    return Stream.generate(splitter::next)
        .takeWhile(Optional::isPresent)
        .map(Optional::orElseThrow)
        .toList();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select ';'",
        "select ''';'",
        "select E'\\';'",
        "select e'\\\\'",
        "select \";\"",
        "select \"a\"\";\"",
        "select $$;$$",
        "select $a$;$$;$a$",
        "select $ä_1$ ; $ä_1$",
        "select 1 -- ;",
        "select /* ; */ 1",
        "select /* /* ; */ ; */ 1",
        "select U&'\\0061;'",
        "select B'0;'",
        "select 'unended ;",
        "select \"unended ;",
        "select $$ unended ;",
        "select /* unended ;",
        "select a$b$c",
        "select 1e+5",
        "select $1 + $2"
      })
  void oneStatementStaysOne(String sql) {
    assertThat(split(sql)).containsExactly(sql);
  }

  @Test
  void semicolonsPartStatements() {
    assertThat(split("a;b")).containsExactly("a", "b");
    assertThat(split(" a ;; -- c\n ; b ;")).containsExactly("a", "b");
    assertThat(split("'\\';b")).containsExactly("'\\'", "b");
    assertThat(split("fore'\\';b")).containsExactly("fore'\\'", "b");
    assertThat(split("a$$;$$b")).containsExactly("a$$", "$$b");
    assertThat(split("1 - -2; 3 / 4 * 5")).containsExactly("1 - -2", "3 / 4 * 5");
    assertThat(split("a--x\r;b")).containsExactly("a--x", "b");
    assertThat(split("")).isEmpty();
    assertThat(split(" ; /* nothing */ ;")).isEmpty();
  }

  @Test
  void offsetsCountCodePoints() {
    List<StatementSplitter.Piece> pieces = pieces("'\uD83D\uDE00';\n  b");
    assertThat(pieces.get(1)).isEqualTo(new StatementSplitter.Piece("b", 7));
  }

  /** Independent of the scanner: pieces are put together from tokens that hide their semicolons. */
  @Test
  void randomTokensAreNeverCutInside() {
    String[] tokens = {
      "select", "'a;''b'", "E'\\';'", "\"c;\"", "$$;'$$", "$t$;$$;$t$", "/* ; /* ' */ \" */",
      "-- ;'\n", "1.5e-3", "$1", "::", "(", "x", "\u00e4"
    };
    for (int seed = 0; seed < 2_000; seed++) {
      Random random = new Random(seed);
      String[] statements = new String[1 + random.nextInt(4)];
      for (int i = 0; i < statements.length; i++) {
        StringBuilder statement = new StringBuilder("s");
        for (int j = random.nextInt(8); j > 0; j--) {
          statement.append(' ').append(tokens[random.nextInt(tokens.length)]).append(' ');
        }
        statements[i] = statement.append(" e").toString();
      }
      assertThat(split(String.join(";", statements)))
          .as("seed %d", seed)
          .isEqualTo(Arrays.asList(statements));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "begin | Begin[tag=BEGIN]",
        "BEGIN TRANSACTION READ ONLY, ISOLATION LEVEL REPEATABLE READ | Begin[tag=BEGIN]",
        "/* x */ start transaction not deferrable | Begin[tag=START TRANSACTION]",
        "commit work | Commit[]",
        "END TRANSACTION AND NO CHAIN | Commit[]",
        "abort | Rollback[]",
        "rollback to savepoint \"A b\" | RollbackTo[name=A b]",
        "rollback transaction to Abc | RollbackTo[name=abc]",
        "savepoint s1 | Savepoint[name=s1]",
        "release savepoint s1 | Release[name=s1]",
        "declare c no scroll cursor for select 1 | Declare[name=c, hold=TRANSACTION, sql=select 1, offset=31]",
        "declare \"C\" cursor with hold for select 1 | Declare[name=C, hold=SESSION, sql=select 1, offset=33]",
        "fetch c | Fetch[cursor=c, count=1]",
        "fetch next from c | Fetch[cursor=c, count=1]",
        "fetch forward 10 from c | Fetch[cursor=c, count=10]",
        "fetch forward from c | Fetch[cursor=c, count=1]",
        "FETCH ALL IN c | Fetch[cursor=c, count=9223372036854775807]",
        "fetch forward all from c | Fetch[cursor=c, count=9223372036854775807]",
        "move 5 in c | Move[cursor=c, count=5]",
        "close all | CloseAllCursors[]",
        "close c | CloseCursor[name=c]",
        "prepare p (int, text) as select $1 | Prepare[name=p, types=[int, text], sql=select $1, offset=25]",
        "execute p (-1, 'it''s', null, true) | Execute[name=p, arguments=[-1, it's, null, true]]",
        "deallocate prepare all | DeallocateAll[]",
        "discard all | DiscardAll[]",
        "set transaction isolation level read committed | NoOperation[tag=SET]",
        "set session characteristics as transaction read only | NoOperation[tag=SET]",
        "set client_encoding to 'UTF8' | ClientEncoding[encoding=UTF8]",
        "set names 'utf8' | ClientEncoding[encoding=utf8]",
        "set session application_name = 'a b' | SetParameter[sql=set session application_name = 'a b', name=application_name, value=a b]",
        "set datestyle = iso | Query[sql=set datestyle = iso]",
        "select pg_backend_pid() | BackendId[]",
        "select pg_catalog.pg_cancel_backend(12) | CancelBackend[processId=12]",
        "select pg_backend_pid(), 1 | Query[sql=select pg_backend_pid(), 1]",
        "select 1 | Query[sql=select 1]",
        "(select 1) | Query[sql=(select 1)]",
        "unlisten * | NoOperation[tag=UNLISTEN]"
      })
  void commandIsRecognized(String sql, String command) {
    assertThat(CommandParser.parse(sql)).hasToString(command);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "begin nonsense | 42601 | 7",
        "start | 42601 | 6",
        "commit 1 | 42601 | 8",
        "commit and chain | 0A000 | 0",
        "commit prepared 'x' | 0A000 | 0",
        "savepoint | 42601 | 10",
        "declare c cursor | 42601 | 17",
        "declare c binary cursor for select 1 | 0A000 | 0",
        "fetch backward 1 from c | 0A000 | 0",
        "fetch -1 from c | 0A000 | 0",
        "fetch 99999999999999999999 from c | 42601 | 7",
        "close | 42601 | 6",
        "prepare p as | 42601 | 13",
        "execute p (1 + 1) | 42601 | 14",
        "execute p (now()) | 0A000 | 12",
        "deallocate p q | 42601 | 14",
        "discard nothing | 42601 | 9",
        "copy t from stdin | 0A000 | 0",
        "listen x | 0A000 | 0"
      })
  void malformedCommandIsRefused(String sql, String state, int position) {
    assertThatThrownBy(() -> CommandParser.parse(sql))
        .isInstanceOfSatisfying(
            AskException.class,
            e -> {
              assertThat(e.state().code()).isEqualTo(state);
              assertThat(e.position().orElse(0)).isEqualTo(position);
            });
  }
}
