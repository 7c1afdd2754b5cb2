package tidemark.gateway.query;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tidemark.gateway.ask.Answer;
import tidemark.gateway.ask.Column;
import tidemark.gateway.ask.Provenance;

/**
 * Answers over closed windows, by everything that they were made from: org, statement, parameters
 * and every file and hot row that its rows come from. So a late point changes the key of what it
 * touches, and of nothing else.
 *
 * <p>Bound: {@code maxBytes} in all, {@link #MAX_SHARE} of it for one; the least recently used go
 * first. Thread-safe.
 */
final class ResultCache {
  /** One answer takes at most this part of the cache. */
  private static final int MAX_SHARE = 16;

  private static final long ROW_BYTES = 32;
  private static final long VALUE_BYTES = 24;

  private final long maxBytes;
  private final Map<String, Kept> kept = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;

  private record Kept(List<Column> columns, List<Object[]> rows, long bytes) {}

  ResultCache(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  synchronized Optional<Answer> find(String key, Provenance provenance) {
    return Optional.ofNullable(kept.get(key))
        .map(found -> new KeptAnswer(found.columns(), found.rows(), provenance));
  }

  /** The same answer, which is kept once it was read to its end. */
  Answer keeping(String key, DuckAnswer answer) {
    return new Keeping(key, answer);
  }

  private synchronized void keep(String key, Kept answer) {
    Kept before = kept.put(key, answer);
    bytes += answer.bytes() - (before == null ? 0 : before.bytes());
    Iterator<Kept> oldest = kept.values().iterator();
    while (bytes > maxBytes) {
      bytes -= oldest.next().bytes();
      oldest.remove();
    }
  }

  synchronized long bytes() {
    return bytes;
  }

  private static long sizeOf(Object value) {
    if (value instanceof String text) {
      return VALUE_BYTES + 2L * text.length();
    }
    if (value instanceof byte[] array) {
      return VALUE_BYTES + array.length;
    }
    if (value instanceof List<?> list) {
      return VALUE_BYTES + list.stream().mapToLong(ResultCache::sizeOf).sum();
    }
    return VALUE_BYTES;
  }

  private final class Keeping implements Answer {
    private final String key;
    private final DuckAnswer answer;
    private List<Object[]> rows = new ArrayList<>();
    private long size;

    Keeping(String key, DuckAnswer answer) {
      this.key = key;
      this.answer = answer;
    }

    @Override
    public List<Column> columns() {
      return answer.columns();
    }

    @Override
    public boolean next() {
      boolean hasRow = answer.next();
      if (rows == null) {
        return hasRow;
      }
      if (!hasRow) {
        keep(key, new Kept(answer.columns(), rows, size + key.length()));
        rows = null;
        return false;
      }
      size += ROW_BYTES;
      for (Object value : answer.row()) {
        size += sizeOf(value);
      }
      if (size > maxBytes / MAX_SHARE) {
        rows = null;
      } else {
        rows.add(answer.row());
      }
      return true;
    }

    @Override
    public Object value(int column) {
      return answer.value(column);
    }

    @Override
    public Provenance provenance() {
      return answer.provenance();
    }

    @Override
    public void close() {
      answer.close();
    }
  }
}
