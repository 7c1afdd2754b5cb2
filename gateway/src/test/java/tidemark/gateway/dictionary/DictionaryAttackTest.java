package tidemark.gateway.dictionary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.SqlState;

/** Statements that want out of the dictionary, or to keep it busy. */
final class DictionaryAttackTest {
  private static Dictionary dictionary;
  private static DictionarySession session;

  @BeforeAll
  static void open() {
    dictionary = Dictionary.of(SampleSchema.schema());
    session = dictionary.open("ann", 1, Map::of);
  }

  @AfterAll
  static void close() {
    session.close();
    dictionary.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select * from read_csv('/etc/passwd')",
        "select * from read_text('/etc/passwd')",
        "select * from read_blob('/etc/passwd')",
        "select * from glob('/*')",
        "select * from '/etc/passwd'",
        "select * from \"/etc/passwd\"",
        "select * from 'x.parquet'",
        "with \"/etc/passwd\" as (select 1) select * from pg_class, \"/etc/passwd\"",
        "select read_text('/etc/passwd')",
        "select getenv('HOME')",
        "select getvariable('user')",
        "select lookup('class', 'pg_class')",
        "select pg.current_user() from pg.x",
        "select * from duckdb_settings()",
        "select * from duckdb_tables",
        "select * from duckdb_secrets()",
        "select * from sqlite_master",
        "select * from main.pg_class",
        "select * from dictionary.pg_class",
        "select * from dictionary.settings",
        "select * from settings",
        "select * from system.main.duckdb_settings",
        "select * from temp.pg_catalog.pg_class",
        "select * from memory.dictionary.settings",
        "select * from pragma_version()",
        "select * from query('select 1')",
        "select * from query_table('pg_class')",
        "select query('select 1')",
        "with pg_class as (select 1) select * from pg_class",
        "with duckdb_tables as (select 1) select * from duckdb_tables",
        "select * from (with duckdb_settings as (select 1) select 1) x, duckdb_settings",
        "attach '/tmp/x.db' as x",
        "copy pg_class to '/tmp/stolen'",
        "copy (select 1) to '/tmp/stolen'",
        "create table x as select 1",
        "drop table pg_class",
        "insert into pg_class values (1)",
        "delete from pg_class",
        "update pg_class set relname = 'x'",
        "install httpfs",
        "load httpfs",
        "set variable user = 'root'",
        "set memory_limit = '100GB'",
        "pragma database_list",
        "call pragma_version()",
        "export database '/tmp/stolen'",
        "select 1; select 2",
        "select 1; drop table pg_class",
        "select 1 from pg_class; attach 'x' as y",
        "explain analyze select * from pg_class",
        "describe pg_class",
        "summarize pg_class",
        "pivot pg_class on relname",
        "select json_execute_serialized_sql('{}')",
        "select json_serialize_sql('select 1')",
        "select * from range(1, 2)",
        "select repeat('x', 2000000000)",
        "select nextval('x')",
        "select pg_sleep(100)",
        "select pg_read_file('/etc/passwd')",
        "select lo_import('/etc/passwd')",
        "select pg_terminate_backend(1)",
        "select dblink('x')",
        "select error('x')",
        "select current_query()",
        "select txid_current(), stats(1)",
        "select * from other.information_schema.tables",
        "select * from pg_class tablesample 10% , nothing",
        "select write_log('x')",
        "select lpad('x', 2000000000)"
      })
  void isRefused(String sql) {
    assertThatThrownBy(() -> Answers.rows(session, sql)).isInstanceOf(AskException.class);
    assertThat(Answers.rows(session, "select 1")).containsExactly("1");
  }

  @Test
  void nothingIsWrittenByCopy(@TempDir Path directory) throws IOException {
    Path target = directory.resolve("stolen");
    assertThatThrownBy(
            () -> Answers.rows(session, "copy (select * from pg_class) to '" + target + "'"))
        .isInstanceOf(AskException.class);
    assertThat(Files.exists(target)).isFalse();
  }

  @Test
  void answersAreBounded() {
    assertThatThrownBy(() -> Answers.rows(session, "select 1 from pg_attribute a, pg_attribute b"))
        .isInstanceOf(AskException.class)
        .hasMessage("an answer of the dictionary may have 100000 rows")
        .extracting(e -> ((AskException) e).state())
        .isEqualTo(SqlState.LIMIT_EXCEEDED);
    assertThat(Answers.rows(session, "select 1")).containsExactly("1");
  }

  @Test
  void deepNestingAndLongTextsAreSurvived() {
    String nested = "select " + "not (".repeat(5_000) + "true" + ")".repeat(5_000);
    assertThatThrownBy(() -> Answers.rows(session, nested)).isInstanceOf(AskException.class);
    assertThat(Answers.rows(session, "select " + "(".repeat(5_000) + "1" + ")".repeat(5_000)))
        .containsExactly("1");
    String longText = "x".repeat(1 << 20);
    assertThat(Answers.rows(session, "select length('" + longText + "')"))
        .containsExactly(Integer.toString(1 << 20));
    assertThatThrownBy(() -> session.prepare("select '\0'")).isInstanceOf(AskException.class);
    assertThat(Answers.rows(session, "select 1")).containsExactly("1");
  }

  @Test
  void messagesNameNoPathAndNoClass() {
    for (String sql :
        List.of("select * from 'x.csv'", "select nothing(1)", "select 1 +", "select 'a'::int")) {
      assertThatThrownBy(() -> Answers.rows(session, sql))
          .isInstanceOf(AskException.class)
          .hasMessageNotContainingAny("java", "duckdb", "DuckDB", "/", "LINE");
    }
  }
}
