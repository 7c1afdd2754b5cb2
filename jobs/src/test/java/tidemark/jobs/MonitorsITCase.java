package tidemark.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.annotation.Nullable;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.connector.datagen.source.GeneratorFunction;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tidemark.operators.IntakeRecord;
import tidemark.serde.definition.DefinitionCodec;
import tidemark.serde.verdict.VerdictJson;
import tidemark.serde.wire.Heartbeat;
import tidemark.serde.wire.IntakeHeaders;
import tidemark.serde.wire.NativeBatchWriter;
import tidemark.state.MetricType;
import tidemark.state.definition.Monitor;
import tidemark.state.definition.SeriesFilter;
import tidemark.state.definition.TextPattern;
import tidemark.state.monitor.Verdict;
import tidemark.state.monitor.VerdictMark;
import tidemark.state.monitor.VerdictStatus;

/** Monitors in the whole job but Kafka: what is said last of each window is what its points say. */
class MonitorsITCase {
  private static final int RECORDS = 1_500;
  private static final long SEED = 20261123;
  private static final long START_MS = 1_795_823_940_000L;
  private static final long END_MS = START_MS + RECORDS * 200L;
  private static final long FROM_MS = START_MS + 30_000L;
  private static final long WINDOW_MS = 60_000L;
  private static final long STEP_MS = 20_000L;
  private static final double THRESHOLD = 590;
  private static final ConcurrentLinkedQueue<byte[]> SAID = new ConcurrentLinkedQueue<>();

  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(2)
              .setNumberSlotsPerTaskManager(2)
              .build());

  @TempDir Path folder;

  /** One window of one host. */
  private record Window(String host, long endMs) implements Comparable<Window> {
    @Override
    public int compareTo(Window other) {
      int byHost = host.compareTo(other.host);
      return byHost != 0 ? byHost : Long.compare(endMs, other.endMs);
    }
  }

  @ParameterizedTest(name = "parallelism {0}")
  @ValueSource(ints = {1, 3})
  void theLastWordOnEachWindowIsWhatItsPointsSay(int parallelism) throws Exception {
    run(parallelism, new GeneratedInput(SEED)::record, RECORDS);
    Map<Window, Verdict> last = lastWords();
    Map<Window, Integer> points = pointsByWindow();
    assertThat(last.keySet()).containsAll(points.keySet());
    last.forEach(
        (window, verdict) -> {
          int wanted = points.getOrDefault(window, 0);
          assertThat(verdict.points()).as("seed %s, %s", SEED, verdict).isEqualTo(wanted);
          assertThat(verdict.status())
              .as(verdict.toString())
              .isEqualTo(
                  wanted == 0
                      ? VerdictStatus.NO_DATA
                      : wanted > THRESHOLD ? VerdictStatus.ALERT : VerdictStatus.OK);
        });
    assertThat(last.values().stream().map(Verdict::status))
        .contains(VerdictStatus.OK, VerdictStatus.ALERT);
    if (parallelism == 1) { // several readers of the input wait for each other's late points
      assertThat(last.values().stream().filter(verdict -> verdict.revision() > 0)).isNotEmpty();
    }
  }

  /** Another org's bad clocks and garbage, a record of it before each of the others. */
  @Test
  void whatOneOrgSendsChangesNoVerdictOfAnotherNorItsTime() throws Exception {
    run(1, new GeneratedInput(SEED)::record, RECORDS);
    Map<Window, Verdict> wanted = lastWords();
    Map<Window, Long> wantedTimes = watermarksOfFirstWords();
    run(1, MonitorsITCase::withBadNeighbour, 2 * RECORDS);
    Map<Window, Verdict> found = lastWords();
    assertThat(found.keySet()).isEqualTo(wanted.keySet());
    found.forEach(
        (window, verdict) -> {
          Verdict other = wanted.get(window);
          assertThat(verdict.status()).as(window.toString()).isEqualTo(other.status());
          assertThat(verdict.value()).as(window.toString()).isEqualTo(other.value());
          assertThat(verdict.points()).as(window.toString()).isEqualTo(other.points());
        });
    assertThat(watermarksOfFirstWords()).isEqualTo(wantedTimes);
  }

  private static IntakeRecord withBadNeighbour(long index) {
    long number = index / 2;
    if (index % 2 == 1) {
      return new GeneratedInput(SEED).record(number);
    }
    Random random = new Random(SEED + number);
    long nowMs = START_MS + number * 200;
    NativeBatchWriter writer = new NativeBatchWriter("globex-bad");
    int series = writer.series(MetricType.GAUGE, "metric.1", List.of("host:h" + random.nextInt(5)));
    for (long atMs :
        new long[] {
          nowMs, nowMs + 500_000L, nowMs + 3_600_000L, nowMs + 10 * 365 * 86_400_000L, 0L, -1L
        }) {
      writer.point(series, atMs, random.nextInt(3) == 0 ? Double.NaN : 1e9);
    }
    byte[] value = writer.toBytes();
    if (random.nextInt(100) == 0) {
      random.nextBytes(value);
    }
    return new IntakeRecord(
        "points",
        (int) (number % 4),
        index,
        nowMs,
        IntakeHeaders.NATIVE,
        "",
        IntakeRecord.NO_HEARTBEAT,
        value);
  }

  private void run(int parallelism, GeneratorFunction<Long, IntakeRecord> input, int records)
      throws Exception {
    SAID.clear();
    new TopologyRun(Files.createDirectory(folder.resolve(Integer.toString(records))))
        .parallelism(parallelism)
        .definitions(new Definitions(), RECORDS / 5 + 1, RateLimiterStrategy.perCheckpoint(RECORDS))
        .run(
            input,
            records,
            RateLimiterStrategy.perCheckpoint(records / 5),
            new TopologyRun.Hooks() {
              @Override
              public void topology(MainTopology topology) {
                topology
                    .coarser()
                    .orElseThrow()
                    .rows()
                    .flatMap(VerdictRecord::ofVerdicts)
                    .returns(VerdictRecord.TYPE)
                    .uid("test-verdicts")
                    .map(
                        record -> {
                          SAID.add(record.f2);
                          return record.f1;
                        })
                    .returns(String.class)
                    .uid("test-map")
                    .sinkTo(new DiscardingSink<>())
                    .uid("test-keep");
              }
            });
  }

  /** Of each window that is complete at the end, the last revision. */
  private static Map<Window, Verdict> lastWords() {
    Map<Window, Verdict> last = new TreeMap<>();
    for (byte[] json : SAID) {
      Verdict verdict = VerdictJson.verdict(json);
      last.merge(window(verdict), verdict, (a, b) -> b.revision() > a.revision() ? b : a);
    }
    last.keySet().removeIf(window -> window.endMs() > END_MS); // told early, and never complete
    return last;
  }

  /** The watermark at which each window was judged first, but for early alerts. */
  private static Map<Window, Long> watermarksOfFirstWords() {
    Map<Window, Long> times = new TreeMap<>();
    for (byte[] json : SAID) {
      Verdict verdict = VerdictJson.verdict(json);
      if (!verdict.is(VerdictMark.EARLY)) {
        times.merge(window(verdict), verdict.evidence().watermarkMs(), Math::min);
      }
    }
    return times;
  }

  private static Window window(Verdict verdict) {
    return new Window(
        verdict.subject().group().get(0).substring("host:".length()), verdict.windowEndMs());
  }

  /** Points of each window that has any and lies behind the monitor's start. */
  private static Map<Window, Integer> pointsByWindow() {
    Map<Window, Integer> points = new TreeMap<>();
    for (Expected.Sent sent : new GeneratedInput(SEED).allPoints(RECORDS)) {
      if (sent.org().equals("acme") && sent.type().equals("gauge")) {
        long endMs = (sent.timestampMs() / STEP_MS + 1) * STEP_MS;
        for (int i = 0; i < WINDOW_MS / STEP_MS; i++, endMs += STEP_MS) {
          if (endMs - WINDOW_MS >= FROM_MS && endMs <= END_MS) {
            String host = sent.tags().get(0).substring("host:".length());
            points.merge(new Window(host, endMs), 1, Integer::sum);
          }
        }
      }
    }
    return points;
  }

  /** A monitor, and a heartbeat for each second. */
  private static final class Definitions implements GeneratorFunction<Long, IntakeRecord> {
    private static final long serialVersionUID = 1L;
    private transient @Nullable List<IntakeRecord> records;

    @Override
    public IntakeRecord map(Long index) {
      if (records == null) {
        records = new ArrayList<>();
        add(START_MS, IntakeHeaders.DEFINITION, DefinitionCodec.toJson(monitor()));
        for (int second = 0; second < RECORDS / 5; second++) {
          long nowMs = START_MS + (second + 1) * 1000L;
          add(nowMs, IntakeHeaders.HEARTBEAT, Heartbeat.bytes(nowMs, 1));
        }
      }
      return records.get(index.intValue());
    }

    private void add(long brokerTimeMs, String format, byte[] value) {
      records.add(
          new IntakeRecord(
              "control",
              0,
              records.size(),
              brokerTimeMs,
              format,
              "",
              format.equals(IntakeHeaders.HEARTBEAT) ? brokerTimeMs : IntakeRecord.NO_HEARTBEAT,
              value));
    }

    private static Monitor monitor() {
      return new Monitor(
          "acme",
          "busy",
          1,
          FROM_MS,
          new SeriesFilter(new TextPattern("metric.*"), List.of()),
          MetricType.GAUGE,
          new TreeSet<>(List.of("host")),
          new Monitor.Measure(Monitor.Function.COUNT, 0),
          WINDOW_MS,
          STEP_MS,
          new Monitor.Thresholds(
              Monitor.Side.ABOVE,
              THRESHOLD,
              OptionalDouble.empty(),
              OptionalDouble.empty(),
              OptionalDouble.empty()),
          Monitor.NoData.REPORT,
          0,
          3_600_000L,
          100);
    }
  }
}
