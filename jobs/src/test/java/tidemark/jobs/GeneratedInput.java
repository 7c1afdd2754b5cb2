package tidemark.jobs;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import tidemark.operators.IntakeRecord;
import tidemark.serde.wire.Heartbeat;
import tidemark.serde.wire.IntakeHeaders;
import tidemark.serde.wire.NativeBatchWriter;
import tidemark.state.MetricType;

/**
 * Seeded input: record {@code i} is the same whenever it is asked for. Every fifth record is a
 * heartbeat; points are mostly on time, and some late by a second, a minute, an hour or 30 days.
 */
final class GeneratedInput implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final int PARTITIONS = 4;
  // a minute before midnight UTC, so that windows, hours and days all change within a run
  private static final long START_MS = 1_795_823_940_000L;
  private static final long STEP_MS = 200;
  private static final long[] LATENESS_MS = {1_000L, 60_000L, 3_600_000L, 30 * 86_400_000L};
  private static final double[] AWKWARD = {
    0.0, -0.0, 1e16, 1, -1e16, 0.1, Double.MIN_VALUE, -Double.MIN_NORMAL, 1e-3, 12345.678
  };

  private final long seed;
  private final long stepMs;
  private final boolean isInTurn;

  /** One org for long, then another. */
  GeneratedInput(long seed) {
    this(seed, STEP_MS);
  }

  /**
   * @param stepMs between two records
   */
  GeneratedInput(long seed, long stepMs) {
    this(seed, stepMs, false);
  }

  private GeneratedInput(long seed, long stepMs, boolean isInTurn) {
    this.seed = seed;
    this.stepMs = stepMs;
    this.isInTurn = isInTurn;
  }

  /** Two records of acme, then one of globex. */
  static GeneratedInput ofOrgsInTurn(long seed) {
    return new GeneratedInput(seed, STEP_MS, true);
  }

  IntakeRecord record(long index) {
    long nowMs = START_MS + index * stepMs;
    boolean isHeartbeat = index % 5 == 4;
    return new IntakeRecord(
        "points",
        (int) (index % PARTITIONS),
        index / PARTITIONS,
        nowMs,
        isHeartbeat ? IntakeHeaders.HEARTBEAT : IntakeHeaders.NATIVE,
        "",
        isHeartbeat ? nowMs : IntakeRecord.NO_HEARTBEAT,
        isHeartbeat ? Heartbeat.bytes(nowMs) : batch(index));
  }

  private byte[] batch(long index) {
    List<Expected.Sent> points = points(index);
    NativeBatchWriter writer = new NativeBatchWriter(points.get(0).org());
    for (Expected.Sent point : points) {
      int series = writer.series(MetricType.ofLabel(point.type()), point.metric(), point.tags());
      writer.point(series, point.timestampMs(), point.value());
    }
    return writer.toBytes();
  }

  /** Points of record {@code index}; none for a heartbeat. */
  List<Expected.Sent> points(long index) {
    if (index % 5 == 4) {
      return List.of();
    }
    Random random = new Random(seed * 1_000_003 + index);
    boolean isOther = random.nextInt(4) == 0;
    String org = (isInTurn ? index % 3 == 2 : isOther) ? "globex" : "acme";
    long nowMs = START_MS + index * stepMs;
    List<Expected.Sent> points = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      int metric = random.nextInt(6);
      String type = MetricType.ofCode(1 + metric % 3).label();
      long lateMs = random.nextInt(20) == 0 ? LATENESS_MS[random.nextInt(4)] : 0;
      points.add(
          new Expected.Sent(
              org,
              "metric." + metric,
              List.of("host:h" + random.nextInt(5), "zone:z" + random.nextInt(2)),
              type,
              nowMs - lateMs - random.nextInt(300),
              value(type, random)));
    }
    return points;
  }

  private static double value(String type, Random random) {
    if (type.equals("distribution")) {
      return random.nextInt(8) == 0 ? -random.nextInt(3) : Math.exp(random.nextGaussian() * 4);
    }
    return random.nextInt(3) == 0
        ? AWKWARD[random.nextInt(AWKWARD.length)]
        : random.nextGaussian() * 100;
  }

  /** Points of all records before {@code end}. */
  List<Expected.Sent> allPoints(long end) {
    List<Expected.Sent> points = new ArrayList<>();
    for (long index = 0; index < end; index++) {
      points.addAll(points(index));
    }
    return points;
  }
}
