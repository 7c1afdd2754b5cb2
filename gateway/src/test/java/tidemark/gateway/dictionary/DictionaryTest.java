package tidemark.gateway.dictionary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.Column;
import tidemark.gateway.ask.PreparedQuery;
import tidemark.gateway.ask.SqlState;
import tidemark.gateway.ask.ValueType;

final class DictionaryTest {
  private static final Map<String, String> SETTINGS = new ConcurrentHashMap<>();

  private static Dictionary dictionary;
  private static DictionarySession session;

  @BeforeAll
  static void open() {
    dictionary = Dictionary.of(SampleSchema.schema());
    session = dictionary.open("ann", 42, () -> SETTINGS);
  }

  @AfterAll
  static void close() {
    session.close();
    dictionary.close();
  }

  private static List<String> rows(String sql, Object... parameters) {
    return Answers.rows(session, sql, parameters);
  }

  @Test
  void sessionFunctionsTellAboutTheSession() {
    assertThat(
            rows(
                "select current_user, session_user, user, current_role, current_database(),"
                    + " current_catalog, current_schema(), current_schema, pg_backend_pid()"))
        .containsExactly("ann|ann|ann|ann|tidemark|tidemark|public|public|42");
    assertThat(rows("select current_schemas(true), pg_is_in_recovery(), inet_server_addr()"))
        .containsExactly("{pg_catalog,public}|f|");
    assertThat(rows("SELECT version()")).containsExactly("PostgreSQL 16.4 (Tidemark)");
    assertThat(rows("select pg_postmaster_start_time() <= now()")).containsExactly("t");
  }

  @Test
  void unnamedColumnsAreNamedAsInPostgres() {
    try (PreparedQuery query =
        session.prepare(
            "select version(), 1, 1 + 1, '5'::int8, oid::text, case when true then 1 end, null,"
                + " array(select 1), exists(select 1), current_user, RelName, relkind AS \"Kind\","
                + " count(*) over () from pg_class")) {
      assertThat(query.columns())
          .extracting(Column::name)
          .containsExactly(
              "version",
              "?column?",
              "?column?",
              "int8",
              "oid",
              "case",
              "?column?",
              "array",
              "exists",
              "current_user",
              "relname",
              "Kind",
              "count");
      assertThat(query.columns())
          .extracting(Column::type)
          .startsWith(ValueType.TEXT, ValueType.INT4)
          .contains(ValueType.NAME, ValueType.CHAR, ValueType.INT8_ARRAY);
      assertThat(query.tag()).isEqualTo("SELECT");
    }
  }

  @Test
  void objectIdsAreThoseOfPostgres() {
    assertThat(
            rows(
                "select oid, typname, typarray from pg_type where oid in (20, 701, 1184, 3802)"
                    + " order by 1"))
        .containsExactly(
            "20|int8|1016", "701|float8|1022", "1184|timestamptz|1185", "3802|jsonb|3807");
    assertThat(
            rows(
                "select 'pg_class'::regclass::oid, 'pg_catalog.pg_type'::regclass::int,"
                    + " 'text'::regtype::oid, 'public'::regnamespace::oid"))
        .containsExactly("1259|1247|25|2200");
  }

  @Test
  void namesOfObjectsPrintAsNamesAndCompareAsIds() {
    assertThat(rows("select 1259::regclass, 25::regtype, 2200::regnamespace, 10::regrole"))
        .containsExactly("pg_class|text|public|ann");
    assertThat(rows("select relname from pg_class where oid = 'public.points'::regclass"))
        .containsExactly("points");
    assertThat(
            rows(
                "select c.oid::regclass::text from pg_class c where c.oid = '\"points\"'::regclass"))
        .containsExactly("points");
    assertThat(
            rows(
                "select attname from pg_attribute where attrelid = $1::regclass and attnum = $2",
                "points",
                (short) 2))
        .containsExactly("metric");
    assertThat(rows("select to_regclass('nothing'), to_regclass('points') is not null"))
        .containsExactly("|t");
    assertFails(
        "select 'nothing'::regclass",
        SqlState.UNDEFINED_TABLE,
        "relation \"nothing\" does not exist");
  }

  @Test
  void namesInArgumentsAreNotMistakenForThoseInFunctions() {
    assertThat(
            rows("select obj_description(oid, 'pg_class') from pg_class where relname = 'points'"))
        .containsExactly("points of your org");
    assertThat(
            rows(
                "select (select format_type(atttypid, atttypmod)) from pg_attribute a"
                    + " where attrelid = 'points'::regclass and attnum = 1"))
        .containsExactly("timestamp with time zone");
    assertThat(
            rows(
                "select col_description(d.oid, n.attnum) from pg_class d, pg_attribute n"
                    + " where n.attrelid = d.oid and relname = 'points' and n.attnum = 1"))
        .containsExactly("start of the window");
  }

  @Test
  void parametersHaveTheTypesOfWhatTheyMeet() {
    try (PreparedQuery query =
        session.prepare(
            "select relname from pg_class where oid = $1 and relname like $2 and relnatts > $3"
                + " and relkind = any($4) and relhasindex = $5 limit $6")) {
      assertThat(query.parameterTypes())
          .containsExactly(
              ValueType.OID,
              ValueType.TEXT,
              ValueType.INT2,
              ValueType.TEXT_ARRAY,
              ValueType.BOOL,
              ValueType.INT8);
    }
    assertThat(
            rows(
                "select relname from pg_class where relname = any($1) order by 1",
                List.of("points", "series", "nothing")))
        .containsExactly("points", "series");
    assertThat(rows("select $1, $1 is null", "a")).containsExactly("a|f");
    assertThatThrownBy(() -> rows("select $1"))
        .isInstanceOf(AskException.class)
        .hasMessage("the statement takes 1 parameters, got 0");
  }

  @Test
  void patternsAreThoseOfPostgres() {
    assertThat(
            rows(
                "select 'abc' ~ 'B', 'abc' ~* 'B', 'abc' !~ 'b', 'abc' !~* 'X',"
                    + " 'abc' operator(pg_catalog.~) '^a' collate pg_catalog.default"))
        .containsExactly("f|t|f|t|t");
    assertThat(
            rows(
                "select 'a_c' like 'a\\_c', 'abc' like 'a\\_c', 'ABC' ilike 'a%',"
                    + " 'abc' not like 'a%', 'a%' like 'a!%' escape '!'"))
        .containsExactly("t|f|t|f|t");
    assertThat(rows("select 7 / 2, 'A' || null, format('%I.%s %L %%', 'a b', 'c', 'd''e')"))
        .containsExactly("3||\"a b\".c 'd''e' %");
  }

  @Test
  void nullsComeLastUnlessTheOrderIsReversed() {
    assertThat(rows("select x from (values (1), (null), (2)) t(x) order by x desc"))
        .containsExactly("", "2", "1");
  }

  @Test
  void settingsAreThoseOfTheSession() {
    assertThat(session.concerns("SHOW TimeZone;")).isTrue();
    assertThat(rows("show time zone")).containsExactly("UTC");
    try (PreparedQuery query = session.prepare("select current_setting('application_name')")) {
      SETTINGS.put("application_name", "it's me");
      SETTINGS.put("as_of", "yesterday");
      try (var answer = query.run(List.of())) {
        assertThat(answer.next()).isTrue();
        assertThat(answer.value(0)).isEqualTo("it's me");
      }
    }
    assertThat(rows("SHOW as_of")).containsExactly("yesterday");
    assertThat(rows("select setting from pg_settings where name = 'application_name'"))
        .containsExactly("it's me");
    assertThat(rows("show all"))
        .contains("application_name|it's me|Name of the client, in the audit log.");
    assertThat(rows("select current_setting('no.such', true)")).containsExactly("");
    assertFails(
        "select current_setting('no.such')",
        SqlState.UNDEFINED_OBJECT,
        "unrecognized configuration parameter \"no.such\"");
    assertFails(
        "show no_such",
        SqlState.UNDEFINED_OBJECT,
        "unrecognized configuration parameter \"no_such\"");
    assertFails(
        "select set_config('search_path', 'x', false)",
        SqlState.FEATURE_NOT_SUPPORTED,
        "set_config is not supported: use SET");
    try (PreparedQuery query = session.prepare("SHOW search_path")) {
      assertThat(query.tag()).isEqualTo("SHOW");
    }
  }

  @Test
  void usersSeeNoOtherUser() {
    try (DictionarySession other = dictionary.open("o'hara", 43, Map::of)) {
      assertThat(Answers.rows(other, "select rolname, oid from pg_roles"))
          .containsExactly("o'hara|10");
      assertThat(Answers.rows(other, "select distinct pg_get_userbyid(relowner) from pg_class"))
          .containsExactly("o'hara");
      assertThat(
              rows(
                  "select usename from pg_user union all select rolname from pg_authid"
                      + " union all select tableowner from pg_tables where tablename = 'pg_class'"))
          .containsExactly("ann", "ann", "ann");
      assertThat(Answers.rows(other, "select * from pg_stat_activity")).isEmpty();
    }
  }

  @Test
  void statementsOverDataAreNotForTheDictionary() {
    assertThat(
            List.of(
                "select * from points",
                "select current_user, ts from points",
                "select rate(1)",
                "select 1 from nothing",
                "show tables",
                "explain select 1 from pg_class",
                "set x = 1",
                "begin",
                "",
                "select 'x",
                "select percentile(x, 0.5) from series",
                "with p as (select * from points) select * from p",
                "insert into pg_class values (1)"))
        .noneMatch(session::concerns);
    assertThat(
            List.of(
                "select 1",
                "select now()",
                "values (1)",
                "select * from pg_class",
                "/* a /* b */ */ select -- x\n 1",
                "(select 1)",
                "select x from generate_series(1, 3) x",
                "with c as (select * from pg_class) select count(*) from c",
                "select * from information_schema.tables",
                "select 1 from pg_nothing"))
        .allMatch(session::concerns);
  }

  @Test
  void dictionaryAndDataDoNotMix() {
    String sql = "select * from pg_class c join points p on p.metric = c.relname";
    assertThat(session.concerns(sql)).isTrue();
    assertFails(
        sql,
        SqlState.FEATURE_NOT_SUPPORTED,
        "a statement cannot read the dictionary (c) and data (points) together");
  }

  @Test
  void mistakesAreToldInPostgresCodes() {
    assertFails(
        "select * from pg_nothing",
        SqlState.UNDEFINED_TABLE,
        "relation \"pg_nothing\" does not exist");
    assertFails("select nothing from pg_class", SqlState.UNDEFINED_COLUMN, "nothing");
    assertFails("select nothing(1) from pg_class", SqlState.UNDEFINED_FUNCTION, "function nothing");
    assertFails("select from where", SqlState.SYNTAX_ERROR, "syntax error");
    assertFails("select 'x'::nothing", SqlState.UNDEFINED_OBJECT, "type \"nothing\"");
    assertFails("select 'x'::int", SqlState.INVALID_TEXT, "x");
    assertFails("select oid from pg_class, pg_type", SqlState.AMBIGUOUS_COLUMN, "oid");
  }

  @Test
  void cancelWithoutAnythingRunningDoesNothing() {
    session.cancel();
    assertThat(rows("select 1")).containsExactly("1");
  }

  private static void assertFails(String sql, SqlState state, String message) {
    assertThatThrownBy(() -> rows(sql))
        .as(sql)
        .isInstanceOf(AskException.class)
        .hasMessageContaining(message)
        .extracting(e -> ((AskException) e).state())
        .isEqualTo(state);
  }
}
