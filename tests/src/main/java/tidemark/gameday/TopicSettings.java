package tidemark.gameday;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import tidemark.cli.process.ProcessFailedException;

/** Changes settings of topics of a running broker. */
record TopicSettings(String bootstrapServers) {
  private static final String TIME = "message.timestamp.type";

  /** From now on a record's time is that of its arrival. */
  void timeOfArrival(String topic) {
    set(topic, Map.of(TIME, "LogAppendTime"));
  }

  /** From now on a record's time is what its producer says, however far ahead. */
  void timeOfProducer(String topic) {
    set(
        topic,
        Map.of(
            TIME, "CreateTime", "message.timestamp.after.max.ms", Long.toString(Long.MAX_VALUE)));
  }

  private void set(String topic, Map<String, String> settings) {
    List<AlterConfigOp> changes = new ArrayList<>();
    settings.forEach(
        (key, value) ->
            changes.add(new AlterConfigOp(new ConfigEntry(key, value), AlterConfigOp.OpType.SET)));
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
      admin
          .incrementalAlterConfigs(
              Map.of(new ConfigResource(ConfigResource.Type.TOPIC, topic), changes))
          .all()
          .get();
    } catch (ExecutionException e) {
      throw new ProcessFailedException(
          "cannot change topic %s: %s".formatted(topic, e.getCause()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ProcessFailedException("interrupted", e);
    }
  }
}
