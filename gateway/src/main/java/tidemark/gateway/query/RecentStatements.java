package tidemark.gateway.query;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import tidemark.gateway.ask.Column;
import tidemark.gateway.ask.ValueType;
import tidemark.gateway.walls.CheckedStatement;

/**
 * What was found out of statements by their text alone: dashboards and drivers send the same ones
 * again and again. Thread-safe. Bound: {@link #MAX} of each kind, of at most {@link
 * #MAX_CHARACTERS}.
 */
final class RecentStatements {
  private static final int MAX = 1_000;
  private static final int MAX_CHARACTERS = 16 * 1024;

  private final Map<String, CheckedStatement> checked = new Recent<>();
  private final Map<String, Shape> shapes = new Recent<>();

  /** What a statement takes and gives. */
  record Shape(List<ValueType> parameterTypes, List<Column> columns) {
    Shape {
      parameterTypes = List.copyOf(parameterTypes);
      columns = List.copyOf(columns);
    }
  }

  private static final class Recent<V> extends LinkedHashMap<String, V> {
    private static final long serialVersionUID = 1L;

    Recent() {
      super(16, 0.75f, true);
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
      return size() > MAX;
    }
  }

  /** The statement as the walls see it; failures are not kept. */
  CheckedStatement checked(String sql, Function<String, CheckedStatement> walls) {
    return find(checked, sql, sql, () -> walls.apply(sql));
  }

  /**
   * @param org whose tags may be columns
   * @param tags how many tags it has: they only become more
   */
  Shape shape(String org, int tags, String sql, Supplier<Shape> look) {
    return find(shapes, org + '\n' + tags + '\n' + sql, sql, look);
  }

  private <V> V find(Map<String, V> kept, String key, String sql, Supplier<V> make) {
    synchronized (this) {
      V found = kept.get(key);
      if (found != null) {
        return found;
      }
    }
    V made = make.get();
    if (sql.length() <= MAX_CHARACTERS) {
      synchronized (this) {
        kept.put(key, made);
      }
    }
    return made;
  }
}
