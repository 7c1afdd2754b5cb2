package tidemark.operators.watermark;

import java.time.Duration;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;

/** Settings of the watermark. Read them through {@link WatermarkConfig}, not one by one. */
public final class WatermarkOptions {
  public static final ConfigOption<WithoutHeartbeats> WITHOUT_HEARTBEATS =
      ConfigOptions.key("tidemark.watermark.without-heartbeats")
          .enumType(WithoutHeartbeats.class)
          .defaultValue(WithoutHeartbeats.HOLD)
          .withDescription(
              "hold: windows stay open until every partition has heartbeats, so that each that ends is"
                  + " complete. estimate: until its first heartbeat a partition's watermark follows"
                  + " its broker time, and everything says that it is estimated. Can change between"
                  + " runs.");

  public static final ConfigOption<Duration> ESTIMATE_DELAY =
      ConfigOptions.key("tidemark.watermark.estimate-delay")
          .durationType()
          .defaultValue(Duration.ofSeconds(10))
          .withDescription(
              "Without heartbeats the watermark of a partition is the broker time of its last record"
                  + " less this. Longer: fewer late rows, later results. Can change between runs.");

  public static final ConfigOption<Duration> IDLE_AFTER =
      ConfigOptions.key("tidemark.watermark.idle-after")
          .durationType()
          .defaultValue(Duration.ofSeconds(15))
          .withDescription(
              "A partition without heartbeats that brings no record for this long stops holding the"
                  + " others' watermark. A partition with heartbeats holds it for ever. Can change"
                  + " between runs.");

  private WatermarkOptions() {}
}
