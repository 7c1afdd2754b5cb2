package tidemark.cli.agent;

import java.util.List;
import tidemark.state.MetricType;

/** Takes what was read of the machine in one round. */
interface ReadingSink {
  /**
   * One reading.
   *
   * @param tags each {@code key:value}, without the host, which is the same for all
   */
  void add(MetricType type, String metric, double value, List<String> tags);
}
