package tidemark.jobs;

import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import tidemark.operators.compact.CompactCommitFunction;
import tidemark.operators.compact.CompactFunction;
import tidemark.operators.compact.CompactPlanFunction;
import tidemark.operators.compact.CompactResultSerializer;
import tidemark.operators.compact.CompactTaskSerializer;
import tidemark.operators.expire.ExpireFunction;

/**
 * The stages of maintenance. Takes ticks rather than building their source, so tests can feed it.
 *
 * @param done a line for whatever was done to the tables
 */
record MaintainTopology(DataStream<String> done) {

  static MaintainTopology append(DataStream<Long> ticks, MaintainConfig config) {
    DataStream<String> compacted =
        ticks
            .process(
                new CompactPlanFunction(config.compact(), config.address(), config.branch()),
                CompactTaskSerializer.TYPE)
            .name("plan")
            .uid(MaintainUid.PLAN.uid())
            .setParallelism(1)
            .rebalance()
            .process(
                new CompactFunction(config.compact(), config.address()),
                CompactResultSerializer.TYPE)
            .name("compact")
            .uid(MaintainUid.COMPACT.uid())
            .setParallelism(config.workers())
            .process(new CompactCommitFunction(config.address(), config.branch()), Types.STRING)
            .name("commit")
            .uid(MaintainUid.COMMIT.uid())
            .setParallelism(1);
    DataStream<String> expired =
        ticks
            .rebalance() // a chain of its own: looking for orphans takes long
            .process(
                new ExpireFunction(
                    config.expire(), config.address(), config.branch(), config.archiveFolder()),
                Types.STRING)
            .name("expire")
            .uid(MaintainUid.EXPIRE.uid())
            .setParallelism(1);
    return new MaintainTopology(compacted.union(expired));
  }
}
