package tidemark.gateway.query;

import tidemark.gateway.hot.HotRows;

/** A feed that is being read. Thread-safe. */
public interface OpenFeed extends AutoCloseable {
  HotRows rows();

  /** Whether it is still read. */
  boolean isAlive();

  /** Records that were not read yet; -1 if unknown. */
  long lagRecords();

  @Override
  void close();
}
