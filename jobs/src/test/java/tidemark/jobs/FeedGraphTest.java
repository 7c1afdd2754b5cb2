package tidemark.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.runtime.jobgraph.JobVertex;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import tidemark.operators.IntakeRecord;
import tidemark.operators.IntakeRecordSerializer;
import tidemark.operators.feed.FeedConfig;
import tidemark.operators.store.StoreConfig;
import tidemark.operators.store.StoreStage;
import tidemark.operators.watermark.HeartbeatWatermarks;

/** Where the feed stands; nothing runs. */
class FeedGraphTest {

  /** What a feed record says of barriers holds only there, see FeedOperator. */
  @Test
  void theFeedStandsInTheTaskOfTheRollUpsAndTheStore() {
    Configuration options = new Configuration();
    options.setString("tidemark.source.bootstrap-servers", "h:1");
    options.setString("tidemark.store.warehouse", "file:///w");
    options.setString("tidemark.store.catalog-uri", "jdbc:sqlite:/c.db");
    MainConfig config = MainConfig.from(options);
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(
            MainConfig.required(config.maxParallelism()));
    env.setParallelism(3);
    DataStream<IntakeRecord> records =
        env.fromSource(
                new DataGeneratorSource<>(
                    new GeneratedInput(1)::record, 10, IntakeRecordSerializer.TYPE),
                HeartbeatWatermarks.strategy(config.watermark()),
                "records")
            .uid("test-records");
    MainTopology topology = MainTopology.append(records, config);
    StoreStage.append(topology.writers(), StoreConfig.from(options), OperatorUid.STORE_EPOCH.uid());
    MainJob.appendFeed(topology, options, config, FeedConfig.from(options));

    List<String> tasks = new ArrayList<>();
    for (JobVertex vertex : env.getStreamGraph().getJobGraph().getVertices()) {
      tasks.add(vertex.getName());
    }
    assertThat(tasks)
        .containsExactlyInAnyOrder(
            "Source: records -> decode -> admit -> combine",
            "index -> roll up 10 s -> roll up 60 s -> roll up 3600 s"
                + " -> (store, feed -> feed topic: Writer)",
            "store epoch");
  }
}
