package tidemark.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpFormatsTest {
  /** Every type that DuckDB has of ours, and the values that formats stumble over. */
  private static final String ALL =
      "SELECT * FROM (VALUES"
          + " (true, 1::SMALLINT, -2, 9223372036854775807, 1.5::FLOAT, 'nan'::DOUBLE, 12.30::DECIMAL(9,2),"
          + " 'a,\"b\"\n', '\\x00\\xFF'::BLOB, DATE '2026-03-01', TIME '12:00:00',"
          + " TIMESTAMP '2026-03-01 12:00:00.25', TIMESTAMPTZ '2026-03-01 12:00:00+02',"
          + " '01234567-89ab-cdef-0123-456789abcdef'::UUID, '{\"a\":\n[1, \"ü\"]}'::JSON,"
          + " [1, NULL]::BIGINT[], ['infinity'::DOUBLE], ['x,y']),"
          + " (NULL, NULL, NULL, NULL, NULL, '-infinity', NULL, '', NULL, NULL, NULL, NULL, NULL, NULL,"
          + " NULL, NULL, NULL, NULL))"
          + " t(bo, i2, i4, i8, f4, f8, nu, tx, bt, da, ti, ts, tz, id, js, ai, af, ax)";

  private static HttpFixture http;

  @BeforeAll
  static void start() throws IOException {
    http = new HttpFixture();
  }

  @AfterAll
  static void stop() {
    http.close();
    assertThat(http.duck.openSessions()).isZero();
  }

  @Test
  void jsonHoldsColumnsRowsAndProvenance() {
    HttpResponse<String> response = http.sql(ALL, "application/json");

    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
    assertThat(response.headers().firstValue("Content-Length")).isPresent();
    JsonNode tree = HttpFixture.tree(response);
    assertThat(tree.get("columns")).hasSize(18);
    assertThat(tree.get("columns").get(12).toString())
        .isEqualTo("{\"name\":\"tz\",\"type\":\"timestamptz\"}");
    assertThat(tree.get("columns").get(15).get("type").textValue()).isEqualTo("int8[]");
    assertThat(tree.get("row_count").longValue()).isEqualTo(2);
    assertThat(tree.has("error")).isFalse();
    assertThat(tree.get("provenance").toString())
        .isEqualTo(
            "{\"lineage\":\"job-7\",\"epoch\":42,\"watermark\":\"2026-03-01T12:00:00Z\","
                + "\"watermark_kind\":\"heartbeat\",\"complete\":true,\"hot_rows\":1234,\"late_pending\":5,"
                + "\"rules\":[\"by-service/3\",\"by-region/1\"]}");
    assertThat(response.body())
        .contains(
            "\"rows\":[[true,1,-2,9223372036854775807,1.5,\"NaN\",12.30,\"a,\\\"b\\\"\\n\",\"AP8=\","
                + "\"2026-03-01\",\"12:00:00\",\"2026-03-01T12:00:00.25\",\"2026-03-01T10:00:00Z\","
                + "\"01234567-89ab-cdef-0123-456789abcdef\",{\"a\": [1, \"ü\"]},[1,null],"
                + "[\"Infinity\"],[\"x,y\"]],"
                + "[null,null,null,null,null,\"-Infinity\",null,\"\",null,null,null,null,null,null,null,"
                + "null,null,null]]");
  }

  @Test
  void headersTellWhatTheAnswerReflects() {
    HttpResponse<String> response = http.sql("SELECT 1", "*/*");

    String[][] expected = {
      {"Tidemark-Epoch", "42"},
      {"Tidemark-Lineage", "job-7"},
      {"Tidemark-Watermark", "2026-03-01T12:00:00Z"},
      {"Tidemark-Watermark-Kind", "heartbeat"},
      {"Tidemark-Complete", "true"},
      {"Tidemark-Hot-Rows", "1234"},
      {"Tidemark-Late-Pending", "5"},
      {"Tidemark-Rules", "by-service/3, by-region/1"},
      {"Cache-Control", "no-store"},
    };
    for (String[] header : expected) {
      assertThat(response.headers().firstValue(header[0])).as(header[0]).contains(header[1]);
    }
  }

  @Test
  void ndjsonIsAnObjectALine() {
    HttpResponse<String> response = http.sql(ALL, "application/x-ndjson");

    assertThat(response.headers().firstValue("Content-Type")).contains("application/x-ndjson");
    String[] lines = response.body().split("\n", -1);
    assertThat(lines).hasSize(3);
    assertThat(lines[2]).isEmpty();
    assertThat(HttpFixture.tree(lines[0]).get("js").toString()).isEqualTo("{\"a\":[1,\"ü\"]}");
    assertThat(HttpFixture.tree(lines[0]).get("i8").longValue()).isEqualTo(Long.MAX_VALUE);
    assertThat(HttpFixture.tree(lines[1]).get("f8").textValue()).isEqualTo("-Infinity");
    assertThat(HttpFixture.tree(lines[1])).hasSize(18);
    assertThat(http.sql("SELECT 1 AS a, 2 AS a, 3 AS error", "application/x-ndjson").body())
        .isEqualTo("{\"a\":1,\"a_2\":2,\"error_2\":3}\n");
    HttpResponse<String> none = http.sql("SELECT 1 WHERE false", "application/x-ndjson");
    assertThat(none.statusCode()).isEqualTo(200);
    assertThat(none.body()).isEmpty();
  }

  @Test
  void csvIsThatOfRfc4180() {
    HttpResponse<String> response = http.sql(ALL, "text/csv");

    assertThat(response.headers().firstValue("Content-Type"))
        .contains("text/csv; charset=utf-8; header=present");
    assertThat(response.body())
        .isEqualTo(
            "bo,i2,i4,i8,f4,f8,nu,tx,bt,da,ti,ts,tz,id,js,ai,af,ax\r\n"
                + "true,1,-2,9223372036854775807,1.5,NaN,12.30,\"a,\"\"b\"\"\n\",AP8=,2026-03-01,"
                + "12:00:00,2026-03-01T12:00:00.25,2026-03-01T10:00:00Z,"
                + "01234567-89ab-cdef-0123-456789abcdef,\"{\"\"a\"\":\n[1, \"\"ü\"\"]}\",\"[1,null]\","
                + "\"[\"\"Infinity\"\"]\",\"[\"\"x,y\"\"]\"\r\n"
                + ",,,,,-Infinity,,\"\",,,,,,,,,,\r\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "*/*|application/json",
        "text/*|text/csv",
        "text/csv, application/json;q=0.5|text/csv",
        "text/csv;q=0.1, */*;q=0.9|application/json",
        "application/json;q=0, */*|application/x-ndjson",
        "TEXT/CSV|text/csv",
        "image/png, application/x-ndjson|application/x-ndjson",
      })
  void theFormatIsTheOneLikedBest(String accept, String contentType) {
    assertThat(http.sql("SELECT 1", accept).headers().firstValue("Content-Type").orElseThrow())
        .startsWith(contentType);
  }

  @Test
  void theFormatOfTheAddressComesFirst() {
    HttpRequest request =
        http.request("/v1/sql?format=csv")
            .header("Content-Type", "text/plain; charset=UTF-8")
            .header("Accept", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString("SELECT 'ü' AS a"))
            .build();
    assertThat(http.send(request, BodyHandlers.ofString()).body()).isEqualTo("a\r\nü\r\n");
  }

  @Test
  void parametersBecomeValuesOfTheirTypes() {
    String sql =
        "SELECT $1::BIGINT + 1 AS a, $2::VARCHAR AS b, $3::DOUBLE AS c, $4::BOOLEAN AS d,"
            + " $5::TIMESTAMPTZ AS e, $6::VARCHAR AS f";
    HttpResponse<String> response =
        http.json(
            "{\"sql\": \""
                + sql
                + "\", \"parameters\": [41, \"it's\", 0.5, true, \"2026-03-01T12:00:00Z\", null]}");

    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    assertThat(HttpFixture.tree(response).get("rows").toString())
        .isEqualTo("[[42,\"it's\",0.5,true,\"2026-03-01T12:00:00Z\",null]]");
  }

  @Test
  void settingsHoldForOneRequest() {
    HttpResponse<String> response =
        http.json("{\"sql\": \"SHOW as_of\", \"settings\": {\"as_of\": \"it's then\"}}");
    assertThat(HttpFixture.tree(response).get("rows").toString()).isEqualTo("[[\"it's then\"]]");

    HttpResponse<String> after = http.json("{\"sql\": \"SHOW as_of\", \"settings\": null}");
    assertThat(HttpFixture.tree(after).get("rows").toString()).isEqualTo("[[\"\"]]");

    HttpResponse<String> unknown =
        http.json("{\"sql\": \"SELECT 1\", \"settings\": {\"colour\": \"red\"}}");
    assertThat(unknown.statusCode()).isEqualTo(400);
    assertThat(HttpFixture.tree(unknown).at("/error/sqlstate").textValue()).isEqualTo("42704");
  }
}
