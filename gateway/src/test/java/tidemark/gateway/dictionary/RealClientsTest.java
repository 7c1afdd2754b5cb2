package tidemark.gateway.dictionary;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tidemark.gateway.postgres.PostgresConfig;
import tidemark.gateway.postgres.PostgresServer;

/** pgjdbc and psql over the protocol. Expected rows are what PostgreSQL 15 gave for the same. */
final class RealClientsTest {
  private static final Path PSQL = Path.of("/usr/bin/psql");

  private static DictionaryGateway gateway;
  private static PostgresServer server;
  private static Connection connection;
  private static DatabaseMetaData metaData;

  @BeforeAll
  static void start() throws SQLException {
    gateway = new DictionaryGateway();
    server = PostgresServer.start(gateway, PostgresConfig.loopback(0));
    connection =
        DriverManager.getConnection(
            "jdbc:postgresql://127.0.0.1:%d/tidemark".formatted(server.address().getPort()),
            DictionaryGateway.USER,
            DictionaryGateway.PASSWORD);
    metaData = connection.getMetaData();
  }

  @AfterAll
  static void stop() throws SQLException {
    connection.close();
    server.close();
    gateway.close();
  }

  private static List<String> rows(ResultSet rows) throws SQLException {
    List<String> lines = new ArrayList<>();
    try (rows) {
      int width = rows.getMetaData().getColumnCount();
      while (rows.next()) {
        List<String> row = new ArrayList<>();
        for (int column = 1; column <= width; column++) {
          row.add(String.valueOf(rows.getString(column)));
        }
        lines.add(String.join("|", row));
      }
    }
    return lines;
  }

  @Test
  void columnsHaveAllThatJdbcTellsOfThem() throws SQLException {
    ResultSet columns = metaData.getColumns(null, "public", "points", null);
    assertThat(columns.getMetaData().getColumnCount()).isEqualTo(24);
    String text = "null|null|null|null|NO|NO";
    assertThat(rows(columns))
        .containsExactly(
            "tidemark|public|points|ts|93|timestamptz|35|null|6|10|1|start of the window|null|null"
                + "|null|null|1|YES|"
                + text,
            "tidemark|public|points|metric|12|text|2147483647|null|0|10|1|null|null|null|null"
                + "|2147483647|2|YES|"
                + text,
            "tidemark|public|points|tags|1111|jsonb|2147483647|null|0|10|1|null|null|null|null"
                + "|null|3|YES|"
                + text,
            "tidemark|public|points|count|-5|int8|19|null|0|10|1|null|null|null|null|null|4|YES|"
                + text,
            "tidemark|public|points|sum|8|float8|17|null|17|10|1|null|null|null|null|null|5|YES|"
                + text,
            "tidemark|public|points|min|8|float8|17|null|17|10|1|null|null|null|null|null|6|YES|"
                + text,
            "tidemark|public|points|max|8|float8|17|null|17|10|1|null|null|null|null|null|7|YES|"
                + text,
            "tidemark|public|points|last|8|float8|17|null|17|10|1|null|null|null|null|null|8|YES|"
                + text);
    assertThat(rows(metaData.getColumns(null, "public", "%", "%"))).hasSize(18);
    assertThat(rows(metaData.getColumns(null, "pg_catalog", "pg\\_namespace", "nspname")))
        .containsExactly(
            "tidemark|pg_catalog|pg_namespace|nspname|12|name|2147483647|null|0|10|0|null|null"
                + "|null|null|2147483647|2|NO|"
                + text);
  }

  @Test
  void relationsAreViewsOfOneSchemaInOneDatabase() throws SQLException {
    String rest = "|||||";
    assertThat(rows(metaData.getTables("tidemark", "public", "%", new String[] {"TABLE", "VIEW"})))
        .containsExactly(
            "tidemark|public|freshness|VIEW|null" + rest,
            "tidemark|public|metrics|VIEW|null" + rest,
            "tidemark|public|points|VIEW|points of your org" + rest,
            "tidemark|public|series|VIEW|null" + rest);
    assertThat(rows(metaData.getTables(null, null, "%", null))).hasSize(4 + 208);
    assertThat(rows(metaData.getSchemas()))
        .containsExactly("information_schema|tidemark", "pg_catalog|tidemark", "public|tidemark");
    assertThat(rows(metaData.getSchemas(null, "pub%"))).containsExactly("public|tidemark");
    assertThat(rows(metaData.getCatalogs())).containsExactly("tidemark");
    assertThat(rows(metaData.getTableTypes())).contains("TABLE", "VIEW", "SYSTEM TABLE");
    assertThat(rows(metaData.getTablePrivileges(null, "public", "points")))
        .containsExactly("tidemark|public|points|tidemark|PUBLIC|SELECT|NO");
    assertThat(connection.getCatalog()).isEqualTo("tidemark");
    assertThat(connection.getSchema()).isEqualTo("public");
    assertThat(metaData.getUserName()).isEqualTo("ann");
    assertThat(connection.getTransactionIsolation())
        .isEqualTo(Connection.TRANSACTION_READ_COMMITTED);
    assertThat(connection.isValid(5)).isTrue();
  }

  @Test
  void functionsHaveTheirArguments() throws SQLException {
    assertThat(rows(metaData.getFunctions(null, "public", "%")))
        .containsExactly(
            "tidemark|public|count_below|null|1|count_below_32769",
            "tidemark|public|last|null|1|last_32770",
            "tidemark|public|percentile|q-th quantile|1|percentile_32768");
    assertThat(rows(metaData.getFunctionColumns(null, "public", "last", null)))
        .containsExactly(
            "tidemark|public|last|returnValue|4|8|float8|null|null|null|null|2|null|null|0||last_32770",
            "tidemark|public|last|value|1|8|float8|null|null|null|null|2|null|null|1||last_32770");
    assertThat(rows(metaData.getProcedures(null, "public", "%"))).isEmpty();
  }

  @Test
  void thereAreNoKeysAndNoIndexes() throws SQLException {
    assertThat(rows(metaData.getPrimaryKeys(null, "public", "points"))).isEmpty();
    assertThat(rows(metaData.getIndexInfo(null, "public", "points", false, true))).isEmpty();
    assertThat(rows(metaData.getImportedKeys(null, "public", "points"))).isEmpty();
    assertThat(rows(metaData.getExportedKeys(null, "public", "points"))).isEmpty();
    assertThat(rows(metaData.getCrossReference(null, "public", "points", null, "public", "series")))
        .isEmpty();
    assertThat(
            rows(
                metaData.getBestRowIdentifier(
                    null, "public", "points", DatabaseMetaData.bestRowSession, true)))
        .isEmpty();
    assertThat(rows(metaData.getColumnPrivileges(null, "public", "points", "ts"))).isEmpty();
    assertThat(rows(metaData.getUDTs(null, "public", "%", null))).isEmpty();
  }

  @Test
  void typesHaveTheIdsOfPostgres() throws SQLException {
    assertThat(rows(metaData.getTypeInfo()))
        .anyMatch(row -> row.startsWith("int8|-5|0|"))
        .anyMatch(row -> row.startsWith("timestamptz|93|"));
    assertThat(
            rows(
                connection
                    .createStatement()
                    .executeQuery(
                        "select oid, typname, typarray from pg_type where typname = 'jsonb'")))
        .containsExactly("3802|jsonb|3807");
    assertThat(metaData.getSQLKeywords()).contains("ilike");
  }

  @Test
  void psqlDescribesWhatThereIs() throws IOException, InterruptedException {
    assertThat(psql("\\d+ points"))
        .contains("View \"public.points\"")
        .contains(" ts     | timestamp with time zone |")
        .contains("| start of the window")
        .contains("View definition:");
    assertThat(psql("\\dv")).contains(" public | series    | view | ann");
    assertThat(psql("\\du")).contains(" ann ").doesNotContain("tidemark");
    assertThat(psql("\\l")).contains(" tidemark | ann   | UTF8 ").contains("(1 row)");
    assertThat(psql("\\df percentile")).contains("distribution jsonb, q double precision");
    assertThat(psql("\\conninfo")).contains("connected to database \"tidemark\" as user \"ann\"");
    assertThat(psql("\\dt")).contains("Did not find any relations.");
    assertThat(psql("\\sv points")).contains("CREATE OR REPLACE VIEW public.points");
  }

  private static String psql(String command) throws IOException, InterruptedException {
    assumeThat(PSQL).exists();
    Path out = Files.createTempFile("psql", ".out");
    ProcessBuilder builder =
        new ProcessBuilder(
            PSQL.toString(),
            "-X",
            "-v",
            "ON_ERROR_STOP=1",
            "-c",
            command,
            "host=127.0.0.1 dbname=tidemark user=%s port=%d"
                .formatted(DictionaryGateway.USER, server.address().getPort()));
    builder.environment().put("PGPASSWORD", DictionaryGateway.PASSWORD);
    builder.environment().put("LC_ALL", "C.UTF-8");
    Process process = builder.redirectErrorStream(true).redirectOutput(out.toFile()).start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    String text = Files.readString(out, UTF_8);
    Files.delete(out);
    assertThat(process.exitValue()).as(text).isZero();
    return text;
  }
}
