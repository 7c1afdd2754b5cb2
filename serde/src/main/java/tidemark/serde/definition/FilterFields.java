package tidemark.serde.definition;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Comparator;
import java.util.TreeSet;
import tidemark.state.definition.SeriesFilter;
import tidemark.state.definition.TagCondition;
import tidemark.state.definition.TextPattern;

/** The fields {@code metric} and {@code where}; see {@link DefinitionCodec}. */
final class FilterFields {
  private static final String METRIC = "metric";
  private static final String WHERE = "where";
  private static final char NOT = '!';
  private static final char AS_IT_IS = '\\';
  private static final Comparator<TagCondition> ORDER =
      Comparator.comparing(TagCondition::key).thenComparing(FilterFields::text);

  private FilterFields() {}

  static void write(SeriesFilter filter, ObjectNode json) {
    json.put(METRIC, filter.metric().text());
    if (filter.where().isEmpty()) {
      return;
    }
    ObjectNode where = json.putObject(WHERE);
    for (TagCondition condition : sorted(filter).where()) {
      if (!where.has(condition.key())) {
        where.put(condition.key(), text(condition));
      } else if (where.get(condition.key()) instanceof ArrayNode several) {
        several.add(text(condition));
      } else {
        String first = where.get(condition.key()).textValue();
        where.putArray(condition.key()).add(first).add(text(condition));
      }
    }
  }

  static SeriesFilter read(JsonFields fields) {
    TextPattern metric = new TextPattern(fields.text(METRIC));
    TreeSet<TagCondition> where = new TreeSet<>(ORDER);
    fields.eachText(WHERE, (key, text) -> where.add(condition(key, text)));
    return new SeriesFilter(metric, where.stream().toList());
  }

  /** The same conditions in the order in which they are written, each once. */
  private static SeriesFilter sorted(SeriesFilter filter) {
    TreeSet<TagCondition> where = new TreeSet<>(ORDER);
    where.addAll(filter.where());
    return new SeriesFilter(filter.metric(), where.stream().toList());
  }

  private static String text(TagCondition condition) {
    String pattern = condition.value().text();
    if (condition.isNegated()) {
      return NOT + pattern;
    }
    boolean isMistakable = pattern.charAt(0) == NOT || pattern.charAt(0) == AS_IT_IS;
    return isMistakable ? AS_IT_IS + pattern : pattern;
  }

  private static TagCondition condition(String key, String text) {
    boolean isNegated = !text.isEmpty() && text.charAt(0) == NOT;
    boolean isEscaped = !text.isEmpty() && text.charAt(0) == AS_IT_IS;
    String pattern = isNegated || isEscaped ? text.substring(1) : text;
    return new TagCondition(key, new TextPattern(pattern), isNegated);
  }
}
