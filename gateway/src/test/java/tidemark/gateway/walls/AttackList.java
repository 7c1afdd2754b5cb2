package tidemark.gateway.walls;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads {@code walls/attacks.txt}, whose head says how it is written; and the lists it is for. */
final class AttackList {
  static final WallLists LISTS =
      new WallLists(
          Set.of("points", "series", "metrics", "freshness"),
          Set.of("percentile", "count_below"),
          Set.of(
              "as_of",
              "timezone",
              "resolution",
              "wait_complete",
              "application_name",
              "search_path",
              "transaction_isolation"),
          Set.of("server_version"));

  private static final Pattern SHORTHAND =
      Pattern.compile("«(?:U\\+([0-9A-F]+)|(NL)|(\\d+)\\*([^»]*))»");

  /**
   * @param expected an SQLSTATE, {@code ok} or {@code fails}
   */
  record Attack(int line, String category, String expected, String sql) {
    boolean isAllowed() {
      return expected.equals("ok") || expected.equals("fails");
    }

    @Override
    public String toString() {
      String shown = sql.length() > 200 ? sql.substring(0, 200) + "..." : sql;
      return "attacks.txt:%d %s %s".formatted(line, expected, shown);
    }
  }

  private AttackList() {}

  /**
   * @param directory of the canary files
   */
  static List<Attack> read(String directory) {
    List<Attack> attacks = new java.util.ArrayList<>();
    String category = "";
    int number = 0;
    for (String line : lines("/walls/attacks.txt")) {
      number++;
      if (line.startsWith("# -- ")) {
        category = line.substring(5);
      } else if (!line.isEmpty() && !line.startsWith("#")) {
        int space = line.indexOf(' ');
        String sql = expand(line.substring(space + 1)).replace("@/", directory + "/");
        attacks.add(new Attack(number, category, line.substring(0, space), sql));
      }
    }
    return attacks;
  }

  static List<String> lines(String resource) {
    try (InputStream in = AttackList.class.getResourceAsStream(resource)) {
      return new String(in.readAllBytes(), UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String expand(String text) {
    Matcher matcher = SHORTHAND.matcher(text);
    return matcher.replaceAll(
        found -> {
          String meant;
          if (found.group(1) != null) {
            int character = Integer.parseInt(found.group(1), 16);
            meant =
                character >= 0xD800 && character <= 0xDFFF
                    ? String.valueOf((char) character)
                    : Character.toString(character);
          } else if (found.group(2) != null) {
            meant = "\n";
          } else {
            meant = found.group(4).repeat(Integer.parseInt(found.group(3)));
          }
          return Matcher.quoteReplacement(meant);
        });
  }
}
