package tidemark.bench;

import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.api.Table;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.types.Row;

/**
 * The same as {@link PlainJob} in Flink SQL: a window of its own kind, which aggregates locally
 * before the shuffle and once more behind it. No last value, since that function cannot be merged
 * and would switch the local step off: in its favour.
 */
final class SqlJob {
  private static final String QUERY =
      """
      SELECT series, window_start, COUNT(*), SUM(reading), MIN(reading), MAX(reading)
      FROM TABLE(TUMBLE(TABLE points, DESCRIPTOR(ts), INTERVAL '10' SECOND))
      GROUP BY series, window_start, window_end
      """;

  private SqlJob() {}

  static void run(RunOrder order) throws Exception {
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    StreamTableEnvironment tables = StreamTableEnvironment.create(env);
    // what its documentation advises for aggregations
    tables.getConfig().set("table.exec.mini-batch.enabled", "true");
    tables.getConfig().set("table.exec.mini-batch.allow-latency", "1 s");
    tables.getConfig().set("table.exec.mini-batch.size", "50000");
    tables.getConfig().set("table.optimizer.agg-phase-strategy", "TWO_PHASE");
    Table points =
        tables.fromDataStream(
            PlainJob.points(env, order),
            Schema.newBuilder()
                .column("series", DataTypes.STRING())
                .column("timestampMs", DataTypes.BIGINT())
                .column("value", DataTypes.DOUBLE())
                .columnByExpression("reading", "`value`")
                .columnByExpression("ts", "TO_TIMESTAMP_LTZ(timestampMs, 3)")
                .watermark("ts", "SOURCE_WATERMARK()")
                .build());
    tables.createTemporaryView("points", points);
    PlainJob.store(
        tables.toDataStream(tables.sqlQuery(QUERY)).map(new ToRow()).returns(PlainRow.class),
        order);
    env.execute(order.variant().label());
  }

  private static final class ToRow implements MapFunction<Row, PlainRow> {
    private static final long serialVersionUID = 1L;

    @Override
    public PlainRow map(Row from) {
      PlainRow row = new PlainRow();
      row.series = from.getFieldAs(0);
      LocalDateTime start = from.getFieldAs(1);
      row.windowStartMs = start.toInstant(ZoneOffset.UTC).toEpochMilli();
      row.count = from.<Long>getFieldAs(2);
      row.sum = from.<Double>getFieldAs(3);
      row.min = from.<Double>getFieldAs(4);
      row.max = from.<Double>getFieldAs(5);
      return row;
    }
  }
}
