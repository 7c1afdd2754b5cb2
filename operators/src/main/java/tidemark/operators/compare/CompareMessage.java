package tidemark.operators.compare;

import java.io.IOException;
import org.apache.iceberg.util.JsonUtil;

/**
 * What the tasks of a comparison hand to each other, as JSON: the plan, which comes first, a task
 * with the rows that are covered, or what it has come to. Two of the three are null.
 */
record CompareMessage(ComparePlan plan, String covered, CompareTask task, CompareResult result) {

  static CompareMessage of(ComparePlan plan) {
    return new CompareMessage(plan, null, null, null);
  }

  static CompareMessage of(String covered, CompareTask task) {
    return new CompareMessage(null, covered, task, null);
  }

  static CompareMessage of(CompareResult result) {
    return new CompareMessage(null, null, null, result);
  }

  String toJson() throws IOException {
    return JsonUtil.mapper().writeValueAsString(this);
  }

  static CompareMessage ofJson(String text) throws IOException {
    return JsonUtil.mapper().readValue(text, CompareMessage.class);
  }
}
