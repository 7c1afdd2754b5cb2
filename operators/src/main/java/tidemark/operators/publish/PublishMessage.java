package tidemark.operators.publish;

import java.io.IOException;
import org.apache.iceberg.util.JsonUtil;

/**
 * What the tasks of a publishing hand to each other, as JSON: the plan, which comes first, a task
 * with the rows that are covered, or what it has come to. The others are null.
 */
record PublishMessage(PublishPlan plan, String covered, PublishTask task, PublishResult result) {

  static PublishMessage of(PublishPlan plan) {
    return new PublishMessage(plan, null, null, null);
  }

  static PublishMessage of(String covered, PublishTask task) {
    return new PublishMessage(null, covered, task, null);
  }

  static PublishMessage of(PublishResult result) {
    return new PublishMessage(null, null, null, result);
  }

  String toJson() throws IOException {
    return JsonUtil.mapper().writeValueAsString(this);
  }

  static PublishMessage ofJson(String text) throws IOException {
    return JsonUtil.mapper().readValue(text, PublishMessage.class);
  }
}
