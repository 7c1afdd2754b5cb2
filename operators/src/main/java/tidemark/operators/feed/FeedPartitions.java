package tidemark.operators.feed;

import java.io.Serializable;

/** Knows how many partitions the feed's topic has; asked once at each start of a task. */
@FunctionalInterface
public interface FeedPartitions extends Serializable {
  /**
   * May wait for a broker, but not for ever.
   *
   * @return at least 1
   * @throws Exception if nobody answers, or there is no such topic
   */
  int count() throws Exception;
}
