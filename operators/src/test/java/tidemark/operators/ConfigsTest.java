package tidemark.operators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ReadableConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tidemark.operators.admit.AdmitConfig;
import tidemark.operators.admit.AdmitOptions;
import tidemark.operators.archive.ArchiveConfig;
import tidemark.operators.archive.ArchiveOptions;
import tidemark.operators.combine.CombineConfig;
import tidemark.operators.combine.CombineOptions;
import tidemark.operators.compact.CompactConfig;
import tidemark.operators.compact.CompactOptions;
import tidemark.operators.control.ControlConfig;
import tidemark.operators.control.ControlOptions;
import tidemark.operators.decode.DecodeConfig;
import tidemark.operators.decode.DecodeOptions;
import tidemark.operators.expire.ExpireConfig;
import tidemark.operators.expire.ExpireOptions;
import tidemark.operators.feed.FeedConfig;
import tidemark.operators.feed.FeedOptions;
import tidemark.operators.rollup.RollupConfig;
import tidemark.operators.rollup.RollupOptions;
import tidemark.operators.rules.RulesConfig;
import tidemark.operators.rules.RulesOptions;
import tidemark.operators.store.OnAhead;
import tidemark.operators.store.StoreConfig;
import tidemark.operators.store.StoreOptions;
import tidemark.operators.watch.WatchConfig;
import tidemark.operators.watch.WatchOptions;
import tidemark.operators.watermark.WatermarkConfig;
import tidemark.operators.watermark.WatermarkOptions;
import tidemark.operators.watermark.WithoutHeartbeats;
import tidemark.serde.definition.DefinitionLimits;
import tidemark.state.selection.PointSelection;
import tidemark.state.selection.ShardMap;
import tidemark.state.selection.ShardNumbers;
import tidemark.state.selection.ShardShare;

/** Each stage's settings: what holds when nothing is set, what every key does, what is refused. */
class ConfigsTest {
  private static final String STORE =
      "tidemark.store.warehouse=file:///w,tidemark.store.catalog-uri=jdbc:sqlite:/c.db";
  private static final long DAY_MS = 86_400_000L;

  /** A stage: its options, its config, what the defaults are, and every key with its effect. */
  private record Stage(
      Class<?> options,
      Function<ReadableConfig, Object> from,
      String required,
      Object defaults,
      String keys,
      Object changed) {

    @Override
    public String toString() {
      return options.getSimpleName();
    }
  }

  static Stream<Stage> stages() {
    return Stream.of(
        new Stage(
            DecodeOptions.class,
            DecodeConfig::from,
            "",
            new DecodeConfig("native", "", 8 << 20),
            "tidemark.decode.default-format=otlp,tidemark.decode.default-org=acme,"
                + "tidemark.decode.max-record-bytes=1kb",
            new DecodeConfig("otlp", "acme", 1024)),
        new Stage(
            AdmitOptions.class,
            AdmitConfig::from,
            "",
            new AdmitConfig(
                40 * DAY_MS,
                600_000L,
                128,
                512,
                1024,
                5_000_000,
                10_000_000,
                PointSelection.ALL,
                ShardShare.ALL),
            "tidemark.admit.max-age=1 d,tidemark.admit.max-future=2 s,tidemark.admit.max-tags=3,"
                + "tidemark.admit.max-metric-bytes=4,tidemark.admit.max-tag-bytes=5,"
                + "tidemark.admit.max-series-per-org=6,tidemark.admit.max-cached-series=7",
            new AdmitConfig(DAY_MS, 2_000L, 3, 4, 5, 6, 7, PointSelection.ALL, ShardShare.ALL)),
        new Stage(
            CombineOptions.class,
            CombineConfig::from,
            "",
            new CombineConfig(32_768, 1_000L, 32_768),
            "tidemark.combine.max-entries=9,tidemark.combine.flush-interval=3 ms,"
                + "tidemark.combine.batch-size=2kb",
            new CombineConfig(9, 3L, 2048)),
        new Stage(
            RollupOptions.class,
            RollupConfig::from,
            "",
            new RollupConfig(128L << 20, 50_000, 65_536),
            "tidemark.rollup.memory=2mb,tidemark.rollup.max-open-windows=3,"
                + "tidemark.rollup.batch-size=4kb",
            new RollupConfig(2L << 20, 3, 4096)),
        new Stage(
            WatermarkOptions.class,
            WatermarkConfig::from,
            "",
            new WatermarkConfig(WithoutHeartbeats.HOLD, 10_000L, 15_000L),
            "tidemark.watermark.without-heartbeats=estimate,"
                + "tidemark.watermark.estimate-delay=1 s,tidemark.watermark.idle-after=2 s",
            new WatermarkConfig(WithoutHeartbeats.ESTIMATE, 1_000L, 2_000L)),
        new Stage(
            ControlOptions.class,
            ControlConfig::from,
            "",
            new ControlConfig(
                "tidemark-control",
                "",
                5_000L,
                new DefinitionLimits(200, 2_000, 1_000, 1_000_000, 100_000, 1_440, 41 * DAY_MS)),
            "tidemark.control.topic=c,tidemark.control.bootstrap-servers=h:1,"
                + "tidemark.control.stalled-after=2 s,tidemark.control.max-rules-per-org=3,"
                + "tidemark.control.max-monitors-per-org=4,"
                + "tidemark.control.max-versions-per-name=5,"
                + "tidemark.control.max-series-per-rule=6,"
                + "tidemark.control.max-groups-per-monitor=7,"
                + "tidemark.control.max-steps-per-window=8,tidemark.control.keep-ended=5 s",
            new ControlConfig("c", "h:1", 2_000L, new DefinitionLimits(3, 4, 5, 6, 7, 8, 5_000L))),
        new Stage(
            RulesOptions.class,
            config -> RulesConfig.from(config, 2048),
            "",
            new RulesConfig(32_768, 1_000_000, 64L << 20, 2048),
            "tidemark.rules.max-entries=17,tidemark.rules.max-cached-series=18,"
                + "tidemark.rules.memory=2mb",
            new RulesConfig(17, 18, 2L << 20, 2048)),
        new Stage(
            CompactOptions.class,
            CompactConfig::from,
            "",
            new CompactConfig(
                60_000L, 256L << 20, 128L << 20, 600_000L, 600_000L, CompactOptions.Effort.FRUGAL),
            "tidemark.compact.interval=1 s,tidemark.compact.target-size=512mb,"
                + "tidemark.compact.memory=1mb,tidemark.compact.grace=2 s,"
                + "tidemark.compact.retry-after=3 s,tidemark.compact.effort=full",
            new CompactConfig(
                1_000L, 512L << 20, 1L << 20, 2_000L, 3_000L, CompactOptions.Effort.FULL)),
        new Stage(
            ExpireOptions.class,
            ExpireConfig::from,
            "",
            new ExpireConfig(
                600_000L,
                15 * DAY_MS,
                90 * DAY_MS,
                1825 * DAY_MS,
                3_600_000L,
                20,
                ExpireConfig.FOR_EVER,
                21_600_000L,
                DAY_MS,
                List.of(),
                ExpireConfig.FOR_EVER,
                7 * DAY_MS),
            "tidemark.expire.interval=1 s,tidemark.retention.10s=1 d,tidemark.retention.1m=2 d,"
                + "tidemark.retention.1h=0 s,tidemark.expire.keep=0 s,"
                + "tidemark.expire.min-snapshots=1,tidemark.expire.max-tag-age=5 d,"
                + "tidemark.orphans.interval=6 s,tidemark.orphans.min-age=10 min,"
                + "tidemark.orphans.state-dirs=s3://f/c;file:///s,tidemark.archive.keep=7 d,tidemark.publish.undo-for=2 d",
            new ExpireConfig(
                1_000L,
                DAY_MS,
                2 * DAY_MS,
                ExpireConfig.FOR_EVER,
                0L,
                1,
                5 * DAY_MS,
                6_000L,
                600_000L,
                List.of("s3://f/c", "file:///s"),
                7 * DAY_MS,
                2 * DAY_MS)),
        new Stage(
            ArchiveOptions.class,
            ArchiveConfig::from,
            "",
            new ArchiveConfig("", 600_000L, 1L << 30, 300_000L),
            "tidemark.archive.folder=s3://b/a/,tidemark.archive.interval=1 s,"
                + "tidemark.archive.file-size=1mb,tidemark.archive.retry-for=2 s",
            new ArchiveConfig("s3://b/a", 1_000L, 1L << 20, 2_000L)),
        new Stage(
            StoreOptions.class,
            StoreConfig::from,
            STORE,
            new StoreConfig(
                "file:///w",
                "jdbc:sqlite:/c.db",
                "tidemark",
                128L << 20,
                "main",
                StoreOptions.OnExisting.REFUSE,
                OnAhead.parse("refuse"),
                120_000L),
            "tidemark.store.warehouse=s3://b/w//,tidemark.store.catalog-uri=jdbc:postgresql://h/d,"
                + "tidemark.store.catalog-name=n,tidemark.store.buffer=1mb,"
                + "tidemark.store.branch=replayed,tidemark.store.on-existing=append,tidemark.store.on-ahead=branch=b,"
                + "tidemark.store.retry-for=1 s",
            new StoreConfig(
                "s3://b/w",
                "jdbc:postgresql://h/d",
                "n",
                1L << 20,
                "replayed",
                StoreOptions.OnExisting.APPEND,
                OnAhead.parse("branch=b"),
                1_000L)),
        new Stage(
            FeedOptions.class,
            FeedConfig::from,
            "",
            new FeedConfig("tidemark-feed", ""),
            "tidemark.feed.topic=f,tidemark.feed.bootstrap-servers=h:1;i:2",
            new FeedConfig("f", "h:1;i:2")),
        new Stage(
            WatchOptions.class,
            WatchConfig::from,
            "",
            new WatchConfig(3_600_000L, 300_000L, 10_000L, 65_536),
            "tidemark.watch.amend-for=1 s,tidemark.watch.late-after=2 s,"
                + "tidemark.watch.incomplete-after=3 s,tidemark.watch.batch-size=4kb",
            new WatchConfig(1_000L, 2_000L, 3_000L, 4096)));
  }

  @ParameterizedTest
  @MethodSource("stages")
  void defaults(Stage stage) {
    assertThat(stage.from().apply(config(stage.required()))).isEqualTo(stage.defaults());
  }

  @ParameterizedTest
  @MethodSource("stages")
  void everyKeyArrives(Stage stage) {
    assertThat(stage.from().apply(config(stage.keys()))).isEqualTo(stage.changed());
  }

  /** Fails when an option is added and not tested above. */
  @ParameterizedTest
  @MethodSource("stages")
  void noKeyIsForgotten(Stage stage) throws IllegalAccessException {
    List<String> keys = config(stage.keys()).toMap().keySet().stream().sorted().toList();
    assertThat(keysOf(stage.options())).isEqualTo(keys);
  }

  private static List<String> keysOf(Class<?> options) throws IllegalAccessException {
    Map<String, ConfigOption<?>> found = new HashMap<>();
    for (var field : options.getFields()) {
      if (Modifier.isStatic(field.getModifiers())
          && field.get(null) instanceof ConfigOption<?> option) {
        found.put(option.key(), option);
      }
    }
    return found.keySet().stream().sorted().toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "tidemark.archive.folder=/tmp|must be empty or start with s3:// or file:/, got /tmp",
        "tidemark.archive.interval=999 ms|must be at least 1 s, got 999 ms",
        "tidemark.archive.file-size=1023kb|must be at least 1 mb, got 1047552 bytes",
        "tidemark.decode.default-format=avro|must be native or otlp, got avro",
        "tidemark.decode.max-record-bytes=0b|must be at least 1 byte, got 0",
        "tidemark.admit.max-future=36501 d|must be at most 3153600000000, got 3153686400000",
        "tidemark.admit.max-tags=0|must be 1 to 65535, got 0",
        "tidemark.admit.max-tags=65536|must be 1 to 65535, got 65536",
        "tidemark.admit.max-metric-bytes=0|must be 1 to 65535, got 0",
        "tidemark.admit.max-metric-bytes=65536|must be 1 to 65535, got 65536",
        "tidemark.admit.max-tag-bytes=0|must be 1 to 65535, got 0",
        "tidemark.admit.max-tag-bytes=65536|must be 1 to 65535, got 65536",
        "tidemark.admit.max-series-per-org=0|must be 1 to 268435456, got 0",
        "tidemark.admit.max-cached-series=268435457|must be 1 to 268435456, got 268435457",
        "tidemark.combine.max-entries=0|must be 1 to 4194304, got 0",
        "tidemark.combine.max-entries=4194305|must be 1 to 4194304, got 4194305",
        "tidemark.combine.flush-interval=0 s|must be at least 1 ms, got 0 ms",
        "tidemark.combine.batch-size=1023b|must be 1 kb to 16 mb, got 1023 bytes",
        "tidemark.combine.batch-size=17mb|must be 1 kb to 16 mb, got 17825792 bytes",
        "tidemark.rollup.memory=1023kb|must be at least 1 mb, got 1047552 bytes",
        "tidemark.rollup.max-open-windows=0|must be at least 1, got 0",
        "tidemark.rollup.batch-size=1023b|must be 1 kb to 16 mb, got 1023 bytes",
        "tidemark.rollup.batch-size=17mb|must be 1 kb to 16 mb, got 17825792 bytes",
        "tidemark.watermark.idle-after=0 ms|must be at least 1 ms, got 0 ms",
        "tidemark.compact.interval=0 s|must be at least PT0.001S, got PT0S",
        "tidemark.compact.target-size=127mb|must be 128 mb to 512 mb, got 133169152 bytes",
        "tidemark.compact.target-size=513mb|must be 128 mb to 512 mb, got 537919488 bytes",
        "tidemark.compact.memory=1023kb|must be at least 1 mb, got 1047552 bytes",
        "tidemark.compact.retry-after=0 s|must be at least PT0.001S, got PT0S",
        "tidemark.expire.interval=0 s|must be at least PT0.001S, got PT0S",
        "tidemark.retention.10s=23 h|must be 0 or at least PT24H, got PT23H",
        "tidemark.retention.1m=1 s|must be 0 or at least PT24H, got PT1S",
        "tidemark.retention.1h=1 s|must be 0 or at least PT24H, got PT1S",
        "tidemark.expire.min-snapshots=0|must be at least 1, got 0",
        "tidemark.orphans.interval=0 s|must be at least PT0.001S, got PT0S",
        "tidemark.orphans.min-age=9 min|must be at least PT10M, got PT9M",
        "tidemark.orphans.state-dirs=/s|must start with s3:// or file:/, got /s",
        "tidemark.store.warehouse=/w|must start with s3:// or file:/, got /w",
        "tidemark.store.on-ahead=branch=main|must be refuse, rollback or branch=NAME",
        "tidemark.store.on-ahead=branch=savepoint-1|must be refuse, rollback or branch=NAME",
        "tidemark.store.on-ahead=branch=|must be refuse, rollback or branch=NAME",
        "tidemark.store.on-ahead=Rollback|must be refuse, rollback or branch=NAME",
        "tidemark.store.catalog-uri=c.db|must start with jdbc:, got c.db",
        "tidemark.store.catalog-uri=jdbc:sqlite::memory:|must name a file or a server",
        "tidemark.store.catalog-name=' '|must not be blank",
        "tidemark.store.buffer=1023kb|must be at least 1 mb, got 1047552 bytes",
        "tidemark.watch.amend-for=8 d|must be 0 to PT168H, got PT192H",
        "tidemark.watch.batch-size=1023b|must be 1 kb to 16 mb, got 1023 bytes",
        "tidemark.watch.batch-size=17mb|must be 1 kb to 16 mb, got 17825792 bytes",
        "tidemark.feed.topic=a b|must be empty or a topic's name, at most 249 of",
        "tidemark.feed.topic=..|must be empty or a topic's name, at most 249 of",
      })
  void refuses(String setting, String message) {
    String key = setting.substring(0, setting.indexOf('='));
    Configuration config = config(STORE);
    String value = setting.substring(key.length() + 1);
    config.setString(key, value.equals("' '") ? " " : value);
    assertThatThrownBy(() -> stageOf(key).from().apply(config))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(key + " " + message);
  }

  /** A share leaves the other settings alone, and they leave it. */
  @Test
  void aShareChangesNothingElse() {
    ShardShare share = new ShardShare(ShardMap.first(4), ShardNumbers.parse("1-2", "shards"));
    AdmitConfig admit = AdmitConfig.from(new Configuration());
    assertThat(admit.of(share).of(PointSelection.ALL).share()).isEqualTo(share);
    assertThat(admit.of(share).of(ShardShare.ALL)).isEqualTo(admit);
    WatchConfig watch = WatchConfig.from(new Configuration());
    assertThat(watch.of(share).share()).isEqualTo(share);
    assertThat(watch.of(share).of(ShardShare.ALL)).isEqualTo(watch);
  }

  /** Flink's own parser knows no such durations; a program may still make them. */
  @Test
  void negativeSpansAreRefused() {
    assertThatThrownBy(
            () -> new AdmitConfig(-1, 0, 1, 1, 1, 1, 1, PointSelection.ALL, ShardShare.ALL))
        .hasMessage("tidemark.admit.max-age must be at least 0, got -1");
    assertThatThrownBy(
            () -> new AdmitConfig(0, -1, 1, 1, 1, 1, 1, PointSelection.ALL, ShardShare.ALL))
        .hasMessage("tidemark.admit.max-future must be at least 0, got -1");
    assertThatThrownBy(() -> new WatermarkConfig(WithoutHeartbeats.HOLD, -1, 1))
        .hasMessage("tidemark.watermark.estimate-delay must not be negative, got -1 ms");
    assertThatThrownBy(() -> new WatchConfig(0, -1, 0, 4096))
        .hasMessage("tidemark.watch.late-after must be at least 0 ms, got -1 ms");
    assertThatThrownBy(() -> new WatchConfig(0, 0, -1, 4096))
        .hasMessage("tidemark.watch.incomplete-after must be at least 0 ms, got -1 ms");
  }

  @Test
  void theStoresPlaceMustBeSet() {
    assertThatThrownBy(() -> StoreConfig.from(config("tidemark.store.warehouse=file:///w")))
        .hasMessage("tidemark.store.catalog-uri must be set");
    assertThatThrownBy(() -> StoreConfig.from(config("tidemark.store.catalog-uri=jdbc:x")))
        .hasMessage("tidemark.store.warehouse must be set");
  }

  @Test
  void withoutATopicNothingIsFed() {
    assertThat(FeedConfig.from(config("")).isOn()).isTrue();
    assertThat(FeedConfig.from(config("tidemark.feed.topic=")).isOn()).isFalse();
    assertThat(FeedConfig.from(config("tidemark.feed.topic= ")).isOn()).isFalse();
  }

  private static Stage stageOf(String key) {
    return stages().filter(stage -> stage.keys().contains(key + "=")).findFirst().orElseThrow();
  }

  private static Configuration config(String settings) {
    Configuration config = new Configuration();
    Arrays.stream(settings.split(","))
        .filter(setting -> !setting.isEmpty())
        .forEach(
            setting -> {
              int equals = setting.indexOf('=');
              config.setString(setting.substring(0, equals), setting.substring(equals + 1));
            });
    return config;
  }
}
