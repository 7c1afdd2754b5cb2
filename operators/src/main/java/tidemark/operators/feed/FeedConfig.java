package tidemark.operators.feed;

import java.util.regex.Pattern;
import org.apache.flink.configuration.ReadableConfig;

/**
 * The checked settings of the feed.
 *
 * @param topic empty if nothing is fed
 * @param bootstrapServers empty for those of the source
 */
public record FeedConfig(String topic, String bootstrapServers) {
  private static final Pattern TOPIC_NAME = Pattern.compile("[a-zA-Z0-9._-]{0,249}");

  public FeedConfig {
    if (!TOPIC_NAME.matcher(topic).matches() || topic.equals(".") || topic.equals("..")) {
      throw new IllegalArgumentException(
          "%s must be empty or a topic's name, at most 249 of a-z, A-Z, 0-9, '.', '_' and '-', got %s"
              .formatted(FeedOptions.TOPIC.key(), topic));
    }
  }

  public static FeedConfig from(ReadableConfig config) {
    return new FeedConfig(
        config.get(FeedOptions.TOPIC).strip(), config.get(FeedOptions.BOOTSTRAP_SERVERS).strip());
  }

  /** Whether anything is fed. */
  public boolean isOn() {
    return !topic.isEmpty();
  }
}
