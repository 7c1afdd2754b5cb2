package tidemark.gateway.server;

import tidemark.gateway.ask.PreparedQuery;
import tidemark.gateway.ask.Session;
import tidemark.gateway.dictionary.DictionarySession;
import tidemark.gateway.query.QuerySession;

/** Sends what is about pg_catalog to the dictionary, and the rest to the data. */
final class RoutedSession implements Session {
  private final QuerySession data;
  private final DictionarySession dictionary;

  RoutedSession(QuerySession data, DictionarySession dictionary) {
    this.data = data;
    this.dictionary = dictionary;
  }

  @Override
  public String org() {
    return data.org();
  }

  @Override
  public PreparedQuery prepare(String sql) {
    return dictionary.concerns(sql) ? dictionary.prepare(sql) : data.prepare(sql);
  }

  @Override
  public void cancel() {
    dictionary.cancel();
    data.cancel();
  }

  @Override
  public void close() {
    dictionary.close();
    data.close();
  }
}
