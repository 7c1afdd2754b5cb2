package tidemark.operators.replay;

import org.apache.flink.api.connector.source.SourceEvent;

/**
 * How far one task is, for the one that adds all up.
 *
 * @param records read since the task started
 * @param weightLeft of what it has not read yet
 */
public record ReplayProgress(long records, long weightLeft) implements SourceEvent {
  private static final long serialVersionUID = 1L;
}
