package tidemark.cli.sql;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * Reads a body of {@code POST /v1/sql} in JSON as it comes: columns, what it reflects, rows, and
 * the error of an answer that was refused or broke on its way.
 *
 * <p>Not thread-safe; reads one body. Keeps nothing of the rows.
 */
final class AnswerReader {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MAX_BLOB_BYTES = 16;

  private final List<SqlColumn> columns = new ArrayList<>();
  private SqlReflection reflects = SqlReflection.NONE;

  List<SqlColumn> columns() {
    return columns;
  }

  SqlReflection reflects() {
    return reflects;
  }

  /**
   * @param rows gets each row, once columns are known
   * @throws SqlRefusedException if the body tells of an error
   * @throws IOException if it ends too early, or is no such body
   */
  void read(InputStream body, Consumer<List<String>> rows) throws IOException {
    try (JsonParser json = JSON.createParser(body)) {
      expect(json.nextToken(), JsonToken.START_OBJECT);
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String member = json.currentName();
        json.nextToken();
        switch (member) {
          case "columns" -> readColumns(json.readValueAsTree());
          case "provenance" -> reflects = SqlReflection.of(json.readValueAsTree());
          case "rows" -> readRows(json, rows);
          case "error" -> throw refusal(json.readValueAsTree());
          default -> json.skipChildren();
        }
      }
      expect(json.currentToken(), JsonToken.END_OBJECT);
    }
  }

  private static void expect(JsonToken found, JsonToken wanted) throws IOException {
    if (found != wanted) {
      throw new IOException("the answer is not what a gateway sends, or it was cut off");
    }
  }

  private void readColumns(JsonNode tree) {
    tree.forEach(
        column ->
            columns.add(new SqlColumn(column.path("name").asText(), column.path("type").asText())));
  }

  private void readRows(JsonParser json, Consumer<List<String>> rows) throws IOException {
    while (json.nextToken() == JsonToken.START_ARRAY) {
      List<String> row = new ArrayList<>(columns.size());
      while (json.nextToken() != JsonToken.END_ARRAY) {
        expect(row.size() < columns.size() ? json.currentToken() : null, json.currentToken());
        row.add(cell(json, columns.get(row.size()).type()));
      }
      rows.accept(row);
    }
    expect(json.currentToken(), JsonToken.END_ARRAY);
  }

  private static SqlRefusedException refusal(JsonNode error) {
    return new SqlRefusedException(
        error.path("message").asText("no reason given"),
        error.path("sqlstate").asText("XX000"),
        error.path("hint").asText(""),
        error.path("position").asInt());
  }

  private static String cell(JsonParser json, String type) throws IOException {
    return switch (json.currentToken()) {
      case VALUE_NULL -> "";
      case START_OBJECT, START_ARRAY -> printable(text((JsonNode) json.readValueAsTree()));
      case VALUE_STRING -> type.equals("bytea") ? hex(json) : printable(json.getText());
      default -> json.getText(); // a number keeps the digits that it came with
    };
  }

  private static String text(JsonNode tree) {
    if (tree.isObject()) {
      return tree.properties().stream()
          .map(member -> member.getKey() + ":" + inner(member.getValue()))
          .collect(Collectors.joining(", "));
    }
    return StreamSupport.stream(tree.spliterator(), false)
        .map(AnswerReader::inner)
        .collect(Collectors.joining(", "));
  }

  private static String inner(JsonNode node) {
    return node.isTextual() ? node.textValue() : node.toString();
  }

  private static String hex(JsonParser json) throws IOException {
    byte[] bytes = json.getBinaryValue();
    String hex = HexFormat.of().formatHex(bytes, 0, Math.min(bytes.length, MAX_BLOB_BYTES));
    return "\\x" + hex + (bytes.length > MAX_BLOB_BYTES ? "… " + bytes.length + " B" : "");
  }

  /** Control characters, in a tag say, must not reach a terminal. */
  private static String printable(String text) {
    return text.replaceAll("\\p{Cc}", " ");
  }
}
